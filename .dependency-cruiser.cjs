/*
 * Which folder may import which: docs/internals/architecture.md shows the picture. Type imports count,
 * since a reader follows them as well.
 */

/** What a folder may import besides itself; a folder that is absent imports nothing of the repository. */
const ALLOWED = {
    config: [],
    strimzi: ["config"],
    components: ["config", "strimzi"],
    rbac: ["config", "strimzi"],
    policy: [],
    kafka: ["config", "strimzi"],
    cli: ["config", "strimzi", "kafka"],
    engine: ["config"],
    lab: ["config", "strimzi", "kafka", "cli", "engine", "program.ts"],
};

/** Files of the repository, as opposed to packages and Node.js. */
const LOCAL = ["local", "localmodule"];

const anyOf = (names) => `^(?:${names.map((name) => name.replace(".", "\\.")).join("|")})(?:/|$)`;

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
    forbidden: [
        {
            name: "no-circle",
            comment:
                "Two files that import each other, directly or not, can only be read together.",
            severity: "error",
            from: {},
            to: { circular: true },
        },
        {
            name: "no-unresolved",
            comment: "Every import leads to a file or a package.",
            severity: "error",
            from: {},
            to: { couldNotResolve: true },
        },
        ...Object.entries(ALLOWED).map(([folder, others]) => ({
            name: `imports-of-${folder}`,
            comment: `${folder}/ imports ${others.length === 0 ? "nothing but itself" : others.join(", ")}.`,
            severity: "error",
            from: { path: `^${folder}/` },
            to: {
                path: "^[^/]+",
                pathNot: `${anyOf([folder, ...others])}|\\.json$`,
                dependencyTypes: LOCAL,
            },
        })),
        {
            name: "imports-of-the-program",
            comment: "The program wires components with the settings.",
            severity: "error",
            from: { path: "^(?:index|program)\\.ts$" },
            to: {
                path: "^[^/]+",
                pathNot: anyOf(["program.ts", "components", "config"]),
                dependencyTypes: LOCAL,
            },
        },
        {
            name: "product-without-tests",
            comment: "scripts and tests use the rest, never the other way; examples stand alone.",
            severity: "error",
            from: { pathNot: "^(?:scripts|tests)/" },
            to: { path: "^(?:scripts|tests|examples)/", pathNot: "^examples/" },
        },
    ],
    options: {
        tsPreCompilationDeps: true,
        tsConfig: { fileName: "tsconfig.json" },
        doNotFollow: { path: "node_modules" },
        exclude: { path: "^strimzi/generated/schemas/" },
        enhancedResolveOptions: {
            exportsFields: ["exports"],
            conditionNames: ["import", "require", "node", "default"],
            extensions: [".ts", ".js", ".json"],
        },
    },
};
