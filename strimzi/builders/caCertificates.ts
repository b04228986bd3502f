/**
 * The certificates of a cluster CA's Secret: every `*.crt` key and nothing else, so no keystore,
 * no password and no private key ever leaves the source. During a key replacement there are two.
 *
 * @param data `data` of the Secret `<cluster>-cluster-ca-cert`, base64.
 * @param secretName Where the data came from, for the error.
 * @throws {Error} when `ca.crt` is missing or empty; an empty copy would end the mirror silently.
 */
export function caCertificates(
    data: Readonly<Record<string, string>> | undefined,
    secretName: string,
): Record<string, string> {
    if (data?.["ca.crt"] === undefined || data["ca.crt"] === "") {
        throw new Error(
            `The Secret ${secretName} has no "ca.crt": the copy of the CA was not changed. ` +
                "Check that the name and namespace of the source are right and its Kafka is Ready.",
        );
    }
    return Object.fromEntries(Object.entries(data).filter(([key]) => key.endsWith(".crt")));
}
