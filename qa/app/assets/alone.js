// A single article page: bring the cited sentence into view.
"use strict";
const cited = document.querySelector("mark.wj-cited");
if (cited) cited.scrollIntoView({ block: "center" });
