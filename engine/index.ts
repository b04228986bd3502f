export * from "./backend";
export { type ChildProgramOptions, type ChildProgramResult, runChildProgram } from "./childProgram";
export { EngineError, type LogMessage } from "./diagnostics";
export { renderGolden } from "./golden";
export { ResourceMonitor } from "./monitor";
export { type Program, type ProgramResult, type RunOptions, runProgram } from "./program";
export {
    RecordingBackend,
    type RecordingOptions,
    type ScriptedKnown,
    type ScriptedState,
} from "./recording";
export { providerUrn, shortName, urnName } from "./urn";
