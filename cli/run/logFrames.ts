import { StringDecoder } from "node:string_decoder";

/*
 * A container's log is one stream that does not tell stdout from stderr, and a reader that reconnects
 * gets lines twice. So the container writes each line as a frame: `<number> <channel> <text>`. The
 * channel is `o` for stdout and `e` for stderr, in upper case for text that does not end its line, and
 * `x` for the last frame, which has the exit code.
 */

export type Channel = "stdout" | "stderr";

/** One line of the container's log. */
export type Frame =
    | {
          readonly number: number;
          readonly channel: Channel;
          readonly text: string;
          /** Whether the text ends its line. */
          readonly ends: boolean;
      }
    | { readonly number: number; readonly exitCode: number };

/**
 * Maximum characters of a frame. Container runtimes split lines at 16 KiB, and not all of them join the
 * parts again; a character has up to 4 bytes.
 */
const MAX_CHARACTERS = 4000;

/** Writes the output of a process as frames. */
export class FrameWriter {
    private number = 0;
    private readonly channels = {
        stdout: { letter: "o", decoder: new StringDecoder("utf8"), rest: "" },
        stderr: { letter: "e", decoder: new StringDecoder("utf8"), rest: "" },
    };

    /** @param write Receives whole lines, with their line feeds. */
    constructor(private readonly write: (line: string) => void) {}

    /** Accepts a chunk of output; keeps text after the last line feed until more arrives. */
    chunk(channel: Channel, chunk: Buffer): void {
        const state = this.channels[channel];
        const lines = (state.rest + state.decoder.write(chunk)).split("\n");
        state.rest = lines.pop() ?? "";
        for (const line of lines) {
            this.line(state.letter, line, true);
        }
    }

    /** Writes the remaining text and the exit code. */
    end(exitCode: number): void {
        for (const state of Object.values(this.channels)) {
            const rest = state.rest + state.decoder.end();
            if (rest !== "") {
                this.line(state.letter, rest, false);
            }
        }
        this.frame(`x ${exitCode}`);
    }

    private line(letter: string, text: string, ends: boolean): void {
        const characters = Array.from(text.length > MAX_CHARACTERS ? text : "");
        const parts = [];
        for (let at = 0; at < characters.length; at += MAX_CHARACTERS) {
            parts.push(characters.slice(at, at + MAX_CHARACTERS).join(""));
        }
        const last = parts.pop() ?? text;
        for (const part of parts) {
            this.frame(`${letter.toUpperCase()} ${part}`);
        }
        this.frame(`${ends ? letter : letter.toUpperCase()} ${last}`);
    }

    private frame(content: string): void {
        this.number += 1;
        this.write(`${this.number} ${content}\n`);
    }
}

const FRAME = /^(\d{1,15}) ([oeOEx]) (.*)$/s;

/** Parses a line of the log; undefined for a line that is not a frame. */
export function parseFrame(line: string): Frame | undefined {
    const [, digits, letter = "", text = ""] = FRAME.exec(line) ?? [];
    if (digits === undefined) {
        return undefined;
    }
    const number = Number(digits);
    if (letter === "x") {
        return /^\d{1,3}$/.test(text) ? { number, exitCode: Number(text) } : undefined;
    }
    return {
        number,
        channel: letter.toLowerCase() === "o" ? "stdout" : "stderr",
        text,
        ends: letter === letter.toLowerCase(),
    };
}
