package dev.semblance.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of any size, hashed in pieces.
 *
 * @param sha256 lower-case hexadecimal
 */
public record FileHash(String sha256, long sizeBytes) {

    /** @throws ModelException if it cannot be read */
    public static FileHash of(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[1 << 20];
            long size = 0;
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                digest.update(piece, 0, n);
                size += n;
            }
            return new FileHash(HexFormat.of().formatHex(digest.digest()), size);
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be read: " + e + "; check its permissions", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
