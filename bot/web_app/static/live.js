// The room's news over a WebSocket that comes back by itself and resumes after the last change it saw.

const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 8000;

export class LiveRoom {
  #epoch = "";
  #seq = 0;
  #retryMs = FIRST_RETRY_MS;
  #socket = null;
  #timer = null;

  // `heard(event)` gets every event of the server; `connection(up)` whether there is one.
  constructor(heard, connection) {
    this.heard = heard;
    this.connection = connection;
    addEventListener("online", () => this.connect());
    document.addEventListener("visibilitychange", () => document.hidden || this.connect());
  }

  connect() {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.#timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/live?epoch=${this.#epoch}&seq=${this.#seq}`);
    this.#socket = socket;
    socket.addEventListener("message", (message) => this.#hear(JSON.parse(message.data)));
    socket.addEventListener("close", () => this.#retry(socket));
  }

  #hear(event) {
    if (event.type === "hello") {
      this.#retryMs = FIRST_RETRY_MS;
      this.#epoch = event.epoch;
      this.#seq = event.seq;
      this.connection(true);
    }
    const seq = event.type === "message" ? event.message.seq : event.seq;
    if (seq > this.#seq) this.#seq = seq;
    this.heard(event);
  }

  #retry(socket) {
    if (socket !== this.#socket) return;
    this.connection(false);
    this.#timer = setTimeout(() => this.connect(), this.#retryMs * (0.7 + Math.random() * 0.6));
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    this.#checkIdentity();
  }

  // A room that no longer knows this browser gives it a new identity with the page.
  async #checkIdentity() {
    const response = await fetch("/api/me").catch(() => null);
    if (response?.status === 401) location.reload();
  }
}
