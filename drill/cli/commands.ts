import type { Command } from "commander";
import { registerVerify } from "../verify/command";
import type { CommandIo } from "./output";

/** Adds a command to the program. */
export type Register = (program: Command, io: CommandIo) => void;

/** Every command of `kafka-dr`, in the order of its help. */
export const COMMANDS: readonly Register[] = [registerVerify];
