import { program } from "./program";

// Pulumi takes what the entry module exports as the stack's outputs.
export = program();
