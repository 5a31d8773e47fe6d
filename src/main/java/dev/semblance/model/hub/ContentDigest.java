package dev.semblance.model.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Hashes of a file.
 *
 * @param sha256  lower-case hexadecimal
 * @param gitSha1 as git names a blob: SHA-1 over a header with the size, and the content
 */
record ContentDigest(long sizeBytes, String sha256, String gitSha1) {

    static ContentDigest of(Path file) throws IOException {
        long sizeBytes = Files.size(file);
        MessageDigest sha256 = digest("SHA-256");
        MessageDigest git = digest("SHA-1");
        git.update(("blob " + sizeBytes + "\0").getBytes(StandardCharsets.US_ASCII));
        byte[] piece = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                sha256.update(piece, 0, n);
                git.update(piece, 0, n);
            }
        }
        return new ContentDigest(sizeBytes, HexFormat.of().formatHex(sha256.digest()),
                HexFormat.of().formatHex(git.digest()));
    }

    /** Null where the content is what the hub lists, else what differs. */
    String mismatch(RemoteFile expected) {
        if (expected.sizeBytes() >= 0 && sizeBytes != expected.sizeBytes()) {
            return "has " + sizeBytes + " bytes, but the hub lists " + expected.sizeBytes();
        }
        if (expected.sha256() != null && !sha256.equals(expected.sha256())) {
            return "has the SHA-256 " + sha256 + ", but the hub lists " + expected.sha256();
        }
        if (expected.gitSha1() != null && !gitSha1.equals(expected.gitSha1())) {
            return "has the git hash " + gitSha1 + ", but the hub lists " + expected.gitSha1();
        }
        return null;
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has " + algorithm, e);
        }
    }
}
