export * from "./backend";
export { type ChildProgramOptions, type ChildProgramResult, runChildProgram } from "./childProgram";
export { EngineError } from "./errors";
export { renderGolden } from "./golden";
export type { LogMessage } from "./logs";
export { ResourceMonitor } from "./monitor";
export { PackageBackends } from "./packageBackends";
export { type Program, type ProgramResult, type RunOptions, runProgram } from "./program";
export { type KnownRandom, RandomBackend, type RandomState } from "./randomBackend";
export {
    RecordingBackend,
    type RecordingOptions,
    type ScriptedKnown,
    type ScriptedState,
} from "./recording";
export { providerUrn, shortName, urnName } from "./urn";
