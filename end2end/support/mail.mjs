// A real mail server that keeps what it is given, and can misbehave.

import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { freePort } from './port.mjs';
import { Watch } from './watch.mjs';

export class MailServer {
  #server;
  #sockets = new Map();
  #watch = new Watch();
  port;
  /** Mails whose last byte has arrived, whatever was answered then. */
  mails = [];
  /** Addresses that were offered, with the answer. */
  offered = [];
  /**
   * How to behave: `ascii` hides SMTPUTF8, `rcpt` 550 or 451 refuses, `delay` ms passes before the answer to DATA, `drop` hangs up then.
   * `refuses` maps an address to how it alone is answered: `{ at: 'rcpt' | 'data', code, text }`.
   */
  behave = {};

  static async start(behave = {}) {
    const mail = new MailServer();
    mail.behave = behave;
    mail.port = await freePort();
    await mail.again();
    return mail;
  }

  /** Listens (again), on the same port. */
  async again() {
    this.#server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      hideSMTPUTF8: this.behave.ascii ?? false,
      closeTimeout: 1,
      onRcptTo: ({ address }, _session, answer) => {
        const refusal = this.behave.refuses?.[address];
        const code = this.behave.rcpt ?? (refusal?.at === 'rcpt' ? refusal.code : undefined);
        this.offered.push({ to: address, code: code ?? 250 });
        this.#watch.changed();
        answer(code ? Object.assign(new Error(refusal?.text ?? 'not this one'), { responseCode: code }) : undefined);
      },
      onData: async (stream, session, answer) => {
        const raw = await text(stream);
        const refusal = this.behave.refuses?.[session.envelope.rcptTo[0].address];
        if (refusal?.at === 'data') {
          answer(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
          return;
        }
        const mail = await simpleParser(raw);
        const { delay = 0, drop = false } = this.behave;
        this.mails.push({ ...mail, raw, to: session.envelope.rcptTo[0].address });
        this.#watch.changed();
        if (drop) this.#sockets.get(session.remotePort)?.destroy();
        else setTimeout(answer, delay);
      },
    });
    // Clients that are cut off are part of the play.
    this.#server.on('error', () => {});
    this.#server.server.on('connection', (socket) => {
      this.#sockets.set(socket.remotePort, socket);
      socket.on('close', () => this.#sockets.delete(socket.remotePort));
    });
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server.server, 'listening');
  }

  async stop() {
    const closed = new Promise((resolve) => {
      this.#server.close(resolve);
    });
    for (const socket of this.#sockets.values()) socket.destroy();
    await closed;
  }

  to(address) {
    return this.mails.filter((mail) => mail.to === address);
  }

  /** The `nth` mail to an address. */
  waitForMail(to, { nth = 1, timeout = 10_000 } = {}) {
    return this.#watch.until(() => this.to(to)[nth - 1], `mail ${nth} to ${to}`, timeout);
  }

  /** Waits until an address was offered `count` times. */
  waitForOffer(to, { count = 1, timeout = 10_000 } = {}) {
    return this.#watch.until(() => this.offered.filter((offer) => offer.to === to).length >= count, `${count} attempts for ${to}`, timeout);
  }
}

/** The code in a mail: it stands alone on a line. */
export function codeOf(mail) {
  const code = mail.text.split(/\r?\n/).find((line) => /^\d{4} \d{4}$/.test(line));
  if (!code) throw new Error(`no code in:\n${mail.text}`);
  return code;
}
