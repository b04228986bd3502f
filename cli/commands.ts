import type { Command } from "commander";
import { registerFailover } from "./failover/command";
import { registerLoss } from "./loss/command";
import { registerRun } from "./run/command";
import { registerMetrics } from "./metrics/command";
import { registerOperation } from "./operation/command";
import { registerScale } from "./scale/command";
import { registerSize } from "./size/command";
import { registerStatus } from "./status/command";
import { registerTransactions } from "./transactions/command";
import { registerVerify } from "./verify/command";
import type { CommandIo } from "./shared/output";

/** Adds a command to the program. */
export type Register = (program: Command, io: CommandIo) => void;

/** Every command of `kafka-dr`, in the order of its help. */
export const COMMANDS: readonly Register[] = [
    registerStatus,
    registerVerify,
    registerFailover,
    registerLoss,
    registerTransactions,
    registerRun,
    registerScale,
    registerMetrics,
    registerSize,
    registerOperation,
];
