package dev.millrace.connect.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> says, so that
 * a receiver can check with a library: HMAC-SHA256 over {@code <id>.<timestamp>.<body>}.
 */
final class Signature {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String ENCODED = "whsec_";

    private final SecretKeySpec key;

    /**
     * @param secret {@code whsec_} and the key in Base64, or any other text, whose bytes are the
     *     key
     * @throws IllegalArgumentException if it is not Base64; without the secret
     */
    Signature(String secret) {
        byte[] bytes;
        if (secret.startsWith(ENCODED)) {
            try {
                bytes = Base64.getDecoder().decode(secret.substring(ENCODED.length()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("no Base64 behind " + ENCODED);
            }
        } else {
            bytes = secret.getBytes(UTF_8);
        }
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /** The value of the header {@code webhook-signature}. */
    String of(String id, long epochSeconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update("%s.%d.".formatted(id, epochSeconds).getBytes(UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }
}
