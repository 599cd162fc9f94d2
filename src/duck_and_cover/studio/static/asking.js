// Asking the server: parts of the page, streams of events, and what went wrong in words.

export const seat = crypto.getRandomValues(new Uint32Array(2)).join("-");

export class Refused extends Error {
  constructor(told) {
    super(told.fault ?? "");
    this.faults = told.faults ?? {};
  }
}

const address = (path, query) => `${path}?${query}${query ? "&" : ""}seat=${seat}`;

/** The answer to a request; throws Refused, in the server's words, for anything but success. */
export async function ask(path, query = "", options = {}) {
  let answer;
  try {
    answer = await fetch(address(path, query), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused({ fault: "The studio does not answer; is it still running?" });
  }
  if (answer.ok) return answer;
  let told = {};
  try {
    told = await answer.json();
  } catch {
    told = { fault: `The studio answered ${answer.status}.` };
  }
  throw new Refused(told);
}

/** Events of a stream, as [name, value]. */
export async function* events(path, query, signal) {
  const reader = (await ask(path, query, { signal })).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    for (let end; (end = rest.indexOf("\n\n")) >= 0; rest = rest.slice(end + 2)) {
      const lines = rest.slice(0, end).split("\n");
      yield [lines[0].slice("event: ".length), JSON.parse(lines[1].slice("data: ".length))];
    }
  }
}

let quiet;
/** Say something at the foot of the page for a moment. */
export function say(text, seconds = 3) {
  const place = document.querySelector("[data-said]");
  place.textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => (place.textContent = ""), seconds * 1000);
}
