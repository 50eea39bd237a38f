/** A request id: 128 random bits in digits, made once for a click and kept through every repeat of it. */
export function newRid() {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
