import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../support/rawSettings";

interface Lock {
    readonly lockfileVersion: number;
    readonly packages: Readonly<
        Record<
            string,
            {
                readonly version?: string;
                readonly integrity?: string;
                readonly link?: boolean;
                readonly hasInstallScript?: boolean;
            }
        >
    >;
}

interface Manifest {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
}

const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

function json(file: string): unknown {
    return JSON.parse(readFileSync(join(repositoryRoot, file), "utf8"));
}

describe("supply chain", () => {
    const lock = json("package-lock.json") as Lock;
    const manifest = json("package.json") as Manifest;
    const direct = { ...manifest.dependencies, ...manifest.devDependencies };

    it("pins every Node.js that the make targets may fetch by its content", () => {
        const { optionalDependencies } = json("scripts/node/package.json") as {
            optionalDependencies: Readonly<Record<string, string>>;
        };
        const { packages } = json("scripts/node/package-lock.json") as Lock;
        const locked = Object.fromEntries(Object.entries(packages).filter(([path]) => path !== ""));
        assert.deepEqual(
            Object.keys(locked).sort(),
            Object.keys(optionalDependencies)
                .map((name) => `node_modules/${name}`)
                .sort(),
        );
        for (const [path, { integrity, version, hasInstallScript }] of Object.entries(locked)) {
            assert.match(integrity ?? "none", SHA512, path);
            assert.equal(version, optionalDependencies[path.slice("node_modules/".length)], path);
            assert.notEqual(hasInstallScript, true, path);
        }
    });

    it("pins every npm package by its content", () => {
        const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
        assert(packages.length > 400, `${packages.length} packages`);
        for (const [path, { integrity, link }] of packages) {
            assert.notEqual(link, true, path);
            assert.match(integrity ?? "none", SHA512, path);
        }
        assert.equal(lock.lockfileVersion, 3);
    });

    it("requests exact versions, so that the manifest alone decides what runs", () => {
        for (const [name, version] of Object.entries(direct)) {
            assert.match(version, /^\d+\.\d+\.\d+$/, name);
            assert.equal(lock.packages[`node_modules/${name}`]?.version, version, name);
        }
    });

    it("runs no script of a package when it installs", () => {
        for (const file of ["Makefile", "scripts/with-node.sh", ...workflows()]) {
            const installs = readFileSync(join(repositoryRoot, file), "utf8")
                .split("\n")
                .filter((line) => /\bnpm (ci|install)\b/.test(line));
            for (const line of installs) {
                assert.match(line, /npm ci --ignore-scripts/, `${file}: ${line.trim()}`);
            }
        }
    });

    it("pins every jar by its content", () => {
        for (const file of [
            "lab/artifacts/kafka.lock.json",
            "lab/artifacts/crd-generator.lock.json",
        ]) {
            const { artifacts } = json(file) as { artifacts: { path: string; sha512: string }[] };
            assert(artifacts.length > 10, file);
            for (const { path, sha512 } of artifacts) {
                assert.match(sha512, /^[0-9a-f]{128}$/, path);
            }
        }
    });

    it("has a bill of materials with every package of the lockfile", function () {
        const run = spawnSync("npm", ["run", "--silent", "sbom"], {
            cwd: repositoryRoot,
            encoding: "utf8",
            maxBuffer: 64 * 1024 * 1024,
        });
        assert.equal(run.status, 0, run.stderr);
        const { bomFormat, components } = JSON.parse(run.stdout) as {
            bomFormat: string;
            components: { purl?: string }[];
        };
        assert.equal(bomFormat, "CycloneDX");
        // One publisher writes a "v" before the version in its own package.json.
        const listed = new Set(components.map(({ purl }) => purl?.replace(/@v(?=\d)/, "@")));
        for (const [name, version] of Object.entries(direct)) {
            const purl = `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
            assert(listed.has(purl), `${purl} is not in the SBOM`);
        }
    });

    it("checks the publishers' signatures where npm's registry can be reached", () => {
        const text = readFileSync(
            join(repositoryRoot, ".github/workflows/supply-chain.yml"),
            "utf8",
        );
        assert.match(text, /run: npm audit signatures$/m);
        assert.match(text, /run: npm run --silent sbom > sbom\.cdx\.json$/m);
    });
});

function workflows(): string[] {
    const folder = ".github/workflows";
    return readdirSync(join(repositoryRoot, folder)).map((file) => `${folder}/${file}`);
}
