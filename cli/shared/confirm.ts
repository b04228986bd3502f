import { createInterface } from "node:readline/promises";
import type { CommandIo } from "./output";

/** Asks the operator; without a terminal the answer is no. */
export async function confirm(question: string, io: CommandIo): Promise<boolean> {
    if (!io.isInteractive) {
        return false;
    }
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    try {
        const answer = await prompt.question(`${question} [yes/no] `, { signal: io.signal });
        return answer.trim().toLowerCase() === "yes";
    } finally {
        prompt.close();
    }
}
