/** The release of Strimzi that types, schemas, builders and the operator's chart are those of. */
export const STRIMZI_VERSION = "1.2.0";
