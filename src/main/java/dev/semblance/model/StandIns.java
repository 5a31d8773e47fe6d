package dev.semblance.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Things often saved in the place of a model's file: a pointer of git-lfs, a web page, the answer of a web store. */
public final class StandIns {

    private static final int LOOKED_AT_BYTES = 256;

    private StandIns() {}

    /**
     * @throws ModelException if the file is one of them
     * @throws IOException    if it cannot be read
     */
    public static void refuse(Path file) throws IOException {
        String start;
        try (var in = Files.newInputStream(file)) {
            start = new String(in.readNBytes(LOOKED_AT_BYTES), StandardCharsets.ISO_8859_1);
        }
        start = start.replace("\u00ef\u00bb\u00bf", "").stripLeading().toLowerCase(Locale.ROOT);
        if (start.startsWith("version https://git-lfs")) {
            throw new ModelException(
                    file + ": is a git-lfs pointer, not the file itself; run 'git lfs pull' where it came from");
        }
        if (start.startsWith("<!doctype") || start.startsWith("<html") || start.startsWith("<?xml")) {
            throw new ModelException(file + ": is a web page, not the file itself; fetch it by its download link");
        }
    }
}
