"""The faces: command line, web chat, server, and the rendering they share."""
