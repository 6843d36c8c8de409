// The framework's event stream, made steady: no event is lost between two streams, and a server that is gone is told of.
// The server ends a stream when nothing is pending. An event that joins just then would be believed to come through the
// stream that is ending, and never be heard of: so the answer to a join is held back until the stream has named its event
// or has ended (the framework then opens another).
"use strict";
(() => {
  const LONGEST_WAIT = 3000, LONGEST_ID = 80;
  const send = window.fetch.bind(window);
  let stream = null;

  function listening(body, followed) {
    const decoder = new TextDecoder(), reader = body.getReader();
    let tail = "";
    const read = (text) => {
      tail += text;
      for (const [, id] of tail.matchAll(/"event_id":\s*"([^"]+)"/g)) followed.heard.add(id);
      if (/"msg":\s*"close_stream"/.test(tail)) followed.over = true;
      tail = tail.slice(-LONGEST_ID);
    };
    const end = (out) => { followed.over = true; out.close(); };
    return new ReadableStream({
      async pull(out) {
        try {
          const { done, value } = await reader.read();
          if (done) return end(out);
          read(decoder.decode(value, { stream: true }));
          out.enqueue(value);
        } catch (error) {
          // The framework cuts a stream that it knows to be over; that is an end like any other.
          if (error.name === "AbortError") return end(out);
          followed.over = true;
          out.error(error);
        }
      },
      cancel(reason) { followed.over = true; return reader.cancel(reason); },
    });
  }
  async function opened(request) {
    const mine = stream = { heard: new Set(), over: false };
    try {
      const response = await send(...request);
      if (!response.ok || !response.body) { mine.over = true; return response; }
      return new Response(listening(response.body, mine), { status: response.status, headers: response.headers });
    } catch (error) { mine.over = true; throw error; }
  }
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  async function joined(request) {
    const response = await send(...request), current = stream;
    if (!response.ok || !current || current.over) return response;
    const id = (await response.clone().json()).event_id, end = Date.now() + LONGEST_WAIT;
    while (!current.over && !current.heard.has(id) && Date.now() < end) await pause(20);
    // The framework reads that the stream has ended a moment after it came through here.
    if (current.over) await pause(60);
    return response;
  }

  window.fetch = async (...request) => {
    const path = new URL(request[0].url || request[0], location.href).pathname;
    if (path.endsWith("/queue/join")) document.dispatchEvent(new Event("wj-listening"));
    try {
      if (path.endsWith("/queue/data")) return await opened(request);
      if (path.endsWith("/queue/join")) return await joined(request);
      return await send(...request);
    } catch (error) {
      if (error.name === "TypeError") document.dispatchEvent(new Event("wj-lost"));
      throw error;
    }
  };
})();
