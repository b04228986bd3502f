import { X509Certificate } from "node:crypto";
import { connect, type DetailedPeerCertificate } from "node:tls";
import { certificatesOfPem } from "../../config/pem";

/** Error codes of TLS with which Node.js refuses a chain that no trusted CA has signed. */
const UNTRUSTED_CODES = new Set([
    "SELF_SIGNED_CERT_IN_CHAIN",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "CERT_SIGNATURE_FAILURE",
]);

/** Whether a connection failed because no trusted CA has signed the server's certificate. */
export function isUntrusted(codes: ReadonlySet<string>): boolean {
    return [...codes].some((code) => UNTRUSTED_CODES.has(code));
}

/**
 * The CA that signed the certificate of a server, and those that are trusted, as one clause; undefined
 * when the server does not tell. Reads the certificate alone and sends nothing.
 */
export async function untrustedAuthority(
    server: string,
    caCertificates: string,
    timeoutMs: number,
): Promise<string | undefined> {
    const presented = await presentedCertificate(server, timeoutMs);
    if (presented === undefined) {
        return undefined;
    }
    const top = topOf(presented);
    const signer = top.issuer.CN;
    const trusted = (certificatesOfPem(caCertificates) ?? []).map(describe);
    return `its certificate is signed by the CA "${String(signer)}" (${top.fingerprint256.slice(0, 23)}), and ${
        trusted.length === 0
            ? "no CA is trusted"
            : `only ${trusted.map(({ name, fingerprint }) => `"${name}" (${fingerprint.slice(0, 23)})`).join(", ")} is trusted`
    }`;
}

/** The last certificate of a chain that the server sent. */
function topOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate {
    let top = certificate;
    // Node.js lets the issuer of a self-signed certificate be itself, and leaves an unknown one out.
    while (
        (top.issuerCertificate as DetailedPeerCertificate | undefined) !== undefined &&
        top.issuerCertificate.fingerprint256 !== top.fingerprint256
    ) {
        top = top.issuerCertificate;
    }
    return top;
}

function describe(pem: string): { readonly name: string; readonly fingerprint: string } {
    const { subject, fingerprint256 } = new X509Certificate(pem);
    return { name: /^CN=(.*)$/m.exec(subject)?.[1] ?? subject, fingerprint: fingerprint256 };
}

async function presentedCertificate(
    server: string,
    timeoutMs: number,
): Promise<DetailedPeerCertificate | undefined> {
    const [host = "", port] = server.split(":");
    return new Promise((resolve) => {
        // Nothing is sent and nothing is trusted: the certificate is only shown.
        const socket = connect({ host, port: Number(port), rejectUnauthorized: false });
        const end = (certificate?: DetailedPeerCertificate) => {
            clearTimeout(timer);
            socket.destroy();
            resolve(certificate);
        };
        const timer = setTimeout(end, timeoutMs);
        socket.once("secureConnect", () => {
            end(socket.getPeerCertificate(true));
        });
        socket.once("error", () => {
            end();
        });
    });
}
