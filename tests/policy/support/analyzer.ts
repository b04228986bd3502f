import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    AnalyzeRequest,
    type AnalyzeResponse,
    type AnalyzerInfo,
    AnalyzerProviderResource,
    AnalyzerResource,
    AnalyzerResourceOptions,
    AnalyzeStackRequest,
    ConfigureAnalyzerRequest,
    EnforcementLevel,
    PolicyConfig,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Registration } from "../../../engine";
import { recordedProviderOf } from "./recordedResources";

/** A running policy pack, with the calls that Pulumi's engine makes. */
export interface Analyzer {
    readonly getInfo: () => Promise<AnalyzerInfo>;
    readonly configure: (config: Readonly<Record<string, object>>) => Promise<unknown>;
    readonly analyze: (registration: Registration) => Promise<AnalyzeResponse>;
    readonly analyzeStack: (registrations: readonly Registration[]) => Promise<AnalyzeResponse>;
    readonly close: () => Promise<void>;
}

/**
 * Starts a policy pack as Pulumi's language host for Node does: the SDK's own launcher, found from
 * the pack's folder and run in it, with the engine's address and that folder as arguments. The
 * launcher prints the port on which the pack listens.
 */
export async function startAnalyzer(directory: string): Promise<Analyzer> {
    const launcher = createRequire(join(directory, "package.json")).resolve(
        "@pulumi/pulumi/cmd/run-policy-pack",
    );
    // The launcher takes the engine's address and does not call it.
    const child = spawn(process.execPath, [launcher, "127.0.0.1:1", directory], {
        cwd: directory,
        stdio: ["ignore", "pipe", "pipe"],
    });
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    const port = await firstLine(child);
    const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
    return {
        getInfo: () => answer((callback) => client.getAnalyzerInfo(new Empty(), callback)),
        configure: (config) =>
            answer((callback) => client.configure(configureRequest(config), callback)),
        analyze: (registration) => {
            const request = filled(new AnalyzeRequest(), registration);
            return answer((callback) => client.analyze(request, callback));
        },
        analyzeStack: (registrations) => {
            const request = new AnalyzeStackRequest();
            request.setResourcesList(
                registrations.map((registration) => filled(new AnalyzerResource(), registration)),
            );
            return answer((callback) => client.analyzeStack(request, callback));
        },
        close: async () => {
            client.close();
            const closed = once(child, "close");
            kill();
            await closed;
            process.off("exit", kill);
        },
    };
}

function answer<Response>(
    call: (callback: (error: Error | null, response: Response) => void) => unknown,
): Promise<Response> {
    return new Promise((resolve, reject) => {
        call((error, response) => {
            if (error === null) {
                resolve(response);
            } else {
                reject(error);
            }
        });
    });
}

async function firstLine(child: ChildProcess): Promise<string> {
    const errors: string[] = [];
    child.stderr!.setEncoding("utf8").on("data", (text: string) => errors.push(text));
    const ended = once(child, "close").then(() => {
        throw new Error(`the policy pack ended before it listened:\n${errors.join("")}`);
    });
    const line = once(createInterface({ input: child.stdout! }), "line");
    // Once it listens, `close` waits for its end.
    ended.catch(() => undefined);
    const [port] = (await Promise.race([line, ended])) as [string];
    return port;
}

function filled<Request extends AnalyzeRequest | AnalyzerResource>(
    request: Request,
    registration: Registration,
): Request {
    const { urn, type, name, inputs, options } = registration;
    const provider = recordedProviderOf(registration);
    request.setUrn(urn);
    request.setType(type);
    request.setName(name);
    request.setProperties(Struct.fromJavaScript(inputs as Record<string, JavaScriptValue>));
    request.setOptions(new AnalyzerResourceOptions().setProtect(options.protect ?? false));
    if (provider !== undefined) {
        request.setProvider(
            new AnalyzerProviderResource()
                .setType("pulumi:providers:kubernetes")
                .setName(provider.name)
                .setUrn(provider.urn ?? "")
                .setProperties(Struct.fromJavaScript({})),
        );
    }
    return request;
}

function configureRequest(config: Readonly<Record<string, object>>): ConfigureAnalyzerRequest {
    const request = new ConfigureAnalyzerRequest();
    for (const [rule, properties] of Object.entries(config)) {
        const policy = new PolicyConfig();
        policy.setEnforcementlevel(EnforcementLevel.MANDATORY);
        policy.setProperties(Struct.fromJavaScript(properties as Record<string, JavaScriptValue>));
        request.getPolicyconfigMap().set(rule, policy);
    }
    return request;
}
