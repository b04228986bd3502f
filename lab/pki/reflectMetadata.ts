/*
 * The metadata functions of Reflect, as far as the dependency container inside @peculiar/x509
 * calls them. It wants a polyfill to be loaded before it; the package reflect-metadata takes
 * precedence when something else has loaded that.
 */
interface ReflectMetadata {
    defineMetadata?: (key: unknown, value: unknown, target: object) => void;
    getMetadata?: (key: unknown, target: object) => unknown;
    getOwnMetadata?: (key: unknown, target: object) => unknown;
}

const reflect = Reflect as ReflectMetadata;

if (reflect.getMetadata === undefined) {
    const metadata = new WeakMap<object, Map<unknown, unknown>>();
    const getOwn = (key: unknown, target: object): unknown => metadata.get(target)?.get(key);
    reflect.defineMetadata = (key, value, target) => {
        const own = metadata.get(target) ?? new Map<unknown, unknown>();
        metadata.set(target, own.set(key, value));
    };
    reflect.getOwnMetadata = getOwn;
    reflect.getMetadata = (key, target) => {
        for (let at: object | null = target; at !== null; at = Reflect.getPrototypeOf(at)) {
            const value = getOwn(key, at);
            if (value !== undefined) {
                return value;
            }
        }
        return undefined;
    };
}
