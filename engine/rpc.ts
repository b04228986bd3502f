import { status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import {
    GetRootResourceResponse,
    type LogRequest,
    RequirePulumiVersionResponse,
    SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import {
    DeploymentInfo,
    type ReadResourceRequest,
    type RegisterResourceHookRequest,
    type RegisterResourceOutputsRequest,
    type RegisterResourceRequest,
    type ResourceInvokeRequest,
    ResourceMonitorFeature,
} from "@pulumi/pulumi/proto/resource_pb";
import { messageOf, MonitorStopped } from "./diagnostics";
import type { LogCollector } from "./diagnostics";
import type { ResourceMonitor } from "./monitor";

/*
 * The monitor and the log in the two forms that the SDK accepts: gRPC client stubs in the same process,
 * and gRPC services for a child process.
 */

type Callback = (error: object | null, response?: unknown) => void;
type Stub = (request: unknown, callback: Callback) => void;
type Handlers = Record<string, (request: never) => unknown>;

/**
 * The features that the SDK may use. It refuses transforms and error hooks by itself because they are not
 * listed. Output values are only for components in provider plugins.
 */
const FEATURES: readonly ResourceMonitorFeature[] = [
    ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
    ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
];

/** Stands for the monitor's gRPC client. */
export function monitorClient(monitor: ResourceMonitor): object {
    return clientOf(monitorHandlers(monitor));
}

/** Stands for the engine's gRPC client. */
export function engineClient(logs: LogCollector): object {
    return clientOf(engineHandlers(logs));
}

/** Serves the monitor as a `ResourceMonitorService`, and reports each call. */
export function monitorService(
    monitor: ResourceMonitor,
    onCall: (method: string) => void,
): UntypedServiceImplementation {
    return serviceOf(monitorHandlers(monitor), onCall);
}

/** Serves the log as an `EngineService`. */
export function engineService(logs: LogCollector): UntypedServiceImplementation {
    return serviceOf(engineHandlers(logs));
}

function monitorHandlers(monitor: ResourceMonitor): Handlers {
    return {
        getDeploymentInfo: () => new DeploymentInfo().setSupportedfeaturesList([...FEATURES]),
        registerResource: (request: RegisterResourceRequest) => monitor.registerResource(request),
        readResource: (request: ReadResourceRequest) => monitor.readResource(request),
        registerResourceOutputs: async (request: RegisterResourceOutputsRequest) => {
            await monitor.registerResourceOutputs(request);
            return new Empty();
        },
        registerResourceHook: async (request: RegisterResourceHookRequest) => {
            await monitor.registerResourceHook(request);
            return new Empty();
        },
        invoke: (request: ResourceInvokeRequest) => monitor.invoke(request),
        signalAndWaitForShutdown: () => new Empty(),
    };
}

function engineHandlers(logs: LogCollector): Handlers {
    return {
        log: (request: LogRequest) => {
            logs.add(request);
            return new Empty();
        },
        getRootResource: () => new GetRootResourceResponse(),
        setRootResource: () => new SetRootResourceResponse(),
        requirePulumiVersion: () => new RequirePulumiVersionResponse(),
    };
}

function clientOf(handlers: Handlers): object {
    const stubs = Object.entries(handlers).map(([method, handle]): [string, Stub] => [
        method,
        (request, callback) => {
            answer(handle, request, callback);
        },
    ]);
    return { ...Object.fromEntries(stubs), close: () => undefined };
}

function serviceOf(
    handlers: Handlers,
    onCall?: (method: string) => void,
): UntypedServiceImplementation {
    return Object.fromEntries(
        Object.entries(handlers).map(([method, handle]) => [
            method,
            (call: { request: unknown }, callback: Callback) => {
                onCall?.(method);
                answer(handle, call.request, callback);
            },
        ]),
    );
}

function answer(handle: Handlers[string], request: unknown, callback: Callback): void {
    // The method determines the type of the request, which a table of handlers cannot express.
    const handled = Promise.resolve().then(() => handle(request as never));
    void handled.then(
        (response) => {
            callback(null, response);
        },
        (error: unknown) => {
            const details = messageOf(error);
            // The SDK takes UNAVAILABLE for an engine that shuts down, and ends silently.
            const code = error instanceof MonitorStopped ? status.UNAVAILABLE : status.UNKNOWN;
            callback(Object.assign(new Error(details), { code, details }));
        },
    );
}
