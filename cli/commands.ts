import type { Command } from "commander";
import { registerFailover } from "./failover/command";
import { registerLoss } from "./loss/command";
import { registerRun } from "./run/registerRun";
import { registerMetrics } from "./metrics/registerMetrics";
import { registerOperation } from "./operation/operationCommand";
import { registerScale } from "./scale/registerScale";
import { registerSize } from "./size/registerSize";
import { registerStatus } from "./status/command";
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
    registerRun,
    registerScale,
    registerMetrics,
    registerSize,
    registerOperation,
];
