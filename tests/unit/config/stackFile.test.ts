import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStackFile, StackFileError } from "../../../config/stackFile";

describe("engine: stack files", () => {
    let directory: string;
    const write = (project: string, stack: string) => {
        writeFileSync(join(directory, "Pulumi.yaml"), project);
        writeFileSync(join(directory, "Pulumi.dev.yaml"), stack);
    };
    const refused = (pattern: RegExp) => {
        assert.throws(
            () => readStackFile(directory, "dev"),
            (error) => {
                assert.ok(error instanceof StackFileError);
                assert.match(error.message, pattern);
                return true;
            },
        );
    };

    beforeEach(() => {
        directory = mkdtempSync(join(tmpdir(), "stack-file-"));
    });
    afterEach(() => {
        rmSync(directory, { recursive: true });
    });

    it("gives a program the same config as the CLI", () => {
        write(
            `name: p
config:
  replicas: { type: integer, default: 2 }
  p:tags: { type: object, default: { b: 1, a: [true] } }
  token: { type: string, secret: true, default: none }
  kubernetes:context: { value: kind }
  short: text
  optional: { description: nothing said }
`,
            `config:
  p:replicas: 3
  enabled: true
  p:list: [1, two]
  kubernetes:context: other
  version: "1.30"
`,
        );
        assert.deepEqual(readStackFile(directory, "dev"), {
            project: "p",
            stack: "dev",
            config: {
                "p:replicas": "3",
                "p:tags": '{"a":[true],"b":1}',
                "p:token": "none",
                "kubernetes:context": "other",
                "p:short": "text",
                "p:enabled": "true",
                "p:list": '[1,"two"]',
                "p:version": "1.30",
            },
            secretKeys: ["p:token"],
        });
    });

    it("reads this project's own stacks", () => {
        const root = join(__dirname, "../../..");
        const { project, config } = readStackFile(root, "dev");
        assert.equal(project, "kafka-dr");
        assert.ok(JSON.parse(config["kafka-dr:source"]!));
    });

    it("accepts a stack without config", () => {
        write("name: p\n", "");
        assert.deepEqual(readStackFile(directory, "dev").config, {});
    });

    it("lists the existing stacks when one is missing", () => {
        write("name: p\n", "");
        writeFileSync(join(directory, "Pulumi.prod.yaml"), "");
        assert.throws(
            () => readStackFile(directory, "live"),
            /Pulumi\.live\.yaml: the stack live does not exist; existing stacks: dev, prod$/,
        );
        rmSync(join(directory, "Pulumi.yaml"));
        refused(/Pulumi\.yaml: the project file is missing$/);
    });

    it("names line and column of invalid YAML", () => {
        write("name: p\n", "config:\n  a: 1\n  b: [1,\n  c: 2\n");
        refused(/Pulumi\.dev\.yaml:\d+:\d+: /);
        write("name: p\n", "config:\n  a: 1\n  a: 2\n");
        refused(/Pulumi\.dev\.yaml:3:3: .*unique/);
        write("name: p\n", "- config\n");
        refused(/Pulumi\.dev\.yaml:1:1: must be a map/);
        write("name: p\n", "config: [a]\n");
        refused(/Pulumi\.dev\.yaml: config: must be a map of keys to values/);
    });

    it("refuses encrypted values, also deep inside", () => {
        write("name: p\n", "config:\n  p:a: { secure: v1:abc }\n");
        refused(/Pulumi\.dev\.yaml: p:a is encrypted/);
        write("name: p\n", "config:\n  a: { list: [{ b: { secure: v1:abc } }] }\n");
        refused(/Pulumi\.dev\.yaml: p:a\.list\.0\.b is encrypted/);
    });

    it("refuses a key given both with and without its namespace", () => {
        write("name: p\n", "config:\n  p:a: 1\n  a: 2\n");
        refused(/p:a is given twice/);
    });

    it("names every value that is missing or not of the declared type", () => {
        write(
            `name: p
config:
  count: { type: integer }
  flag: { type: boolean }
  map: { type: object }
  list: { type: array, items: { type: object } }
  text: { type: string }
  absent: { type: object }
  wrong: { type: integer, default: x }
`,
            "config: { count: 1.5, flag: yes, map: [1], list: [a], text: { a: 1 } }\n",
        );
        const messages = [
            /dev\.yaml: p:count must be of type integer, not 1\.5$/m,
            /dev\.yaml: p:flag must be of type boolean, not "yes"$/m,
            /dev\.yaml: p:map must be of type object, not \[1\]$/m,
            /dev\.yaml: p:list must be of type array with items of type object, not \["a"\]$/m,
            /dev\.yaml: p:text must be of type string, not \{"a":1\}$/m,
            /dev\.yaml: p:absent is missing: of type object$/m,
            /Pulumi\.yaml: p:wrong must be of type integer, not "x"$/m,
        ];
        for (const message of messages) {
            refused(message);
        }
    });

    it("refuses declarations that the CLI refuses", () => {
        const declarations: [string, RegExp][] = [
            [
                "a: { type: text }",
                /p:a: type must be one of string, integer, boolean, array, object/,
            ],
            ["a: { type: array }", /p:a: an array needs items with a type/],
            ["a: { default: 1, value: 2 }", /p:a: default and value exclude each other/],
            ["other:a: { default: 1 }", /other:a: a key of another namespace takes value only/],
            ["a: { types: string }", /p:a: types is not one of type, items/],
        ];
        for (const [declaration, message] of declarations) {
            write(`name: p\nconfig:\n  ${declaration}\n`, "");
            refused(message);
        }
    });
});
