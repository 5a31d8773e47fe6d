package dev.semblance.model.hub;

import dev.semblance.model.hub.HubHttp.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file, by way of {@code FILE.part}, which a later attempt or run goes on with; {@code FILE.part.etag} says which
 * content that is a part of.
 *
 * <p>
 * Thread: one owner.
 */
final class FileDownload {

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");

    private final HubHttp http;
    private final HubSettings settings;
    private final String what;
    private final URI address;
    private final RemoteFile file;
    private final Path target;
    private final Path part;
    private final Path etag;
    private final LongConsumer progress;
    private long position;

    /**
     * @param what     for messages
     * @param file     with its size known, or −1: then the answer must say it
     * @param progress told the bytes of this file that are there
     */
    FileDownload(HubHttp http, HubSettings settings, String what, URI address, RemoteFile file, Path target,
            LongConsumer progress) {
        this.http = http;
        this.settings = settings;
        this.what = what;
        this.address = address;
        this.file = file;
        this.target = target;
        this.part = target.resolveSibling(target.getFileName() + ".part");
        this.etag = target.resolveSibling(target.getFileName() + ".part.etag");
        this.progress = progress;
    }

    /** The file is there and is what the hub lists, or this fails. */
    ContentDigest run() {
        try {
            Files.createDirectories(target.getParent());
            position = Files.isRegularFile(part) ? Files.size(part) : 0;
            boolean resumed = position > 0;
            fetch();
            ContentDigest digest = ContentDigest.of(part);
            String mismatch = digest.mismatch(file);
            if (mismatch != null && resumed) {
                // The old part may be at fault; only what came in one piece proves that the server is.
                discard();
                fetch();
                digest = ContentDigest.of(part);
                mismatch = digest.mismatch(file);
            }
            if (mismatch != null) {
                discard();
                throw new HubException(what + ": what came " + mismatch + "; it was thrown away. Try again; if it stays"
                        + " so, the server, or something between, changes files: check HF_ENDPOINT");
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.deleteIfExists(etag);
            return digest;
        } catch (IOException e) {
            throw disk(e);
        }
    }

    private void fetch() {
        new Attempts(settings.patience()).run(what, () -> position, () -> {
            if (position > 0 && position == file.sizeBytes()) {
                return null;
            }
            attempt();
            return null;
        });
    }

    private void attempt() throws IOException, InterruptedException {
        try (Answer answer = http.get(address, rangeHeaders())) {
            if (answer.status() == 416) {
                discard();
                throw new TransientFailure("the server cannot go on where the transfer broke off (416)", null);
            }
            Refusals.check(what, answer, settings.token() != null, position > 0);
            long total = total(answer);
            if (answer.status() == 200) {
                restart();
            }
            keepEtag(answer);
            receive(answer, total);
        }
    }

    private Map<String, String> rangeHeaders() {
        Map<String, String> headers = new HashMap<>();
        if (position > 0) {
            headers.put("Range", "bytes=" + position + "-");
            if (Files.isRegularFile(etag)) {
                headers.put("If-Range", onDisk(() -> Files.readString(etag, StandardCharsets.US_ASCII)));
            }
        }
        return headers;
    }

    /** Size of the whole file; checked against the listing, and a part against what it was asked to be. */
    private long total(Answer answer) throws IOException {
        long total = answer.response().headers().firstValueAsLong("Content-Length").orElse(-1);
        if (answer.status() == 206) {
            Matcher range = CONTENT_RANGE.matcher(String.valueOf(answer.header("Content-Range")));
            if (!range.matches() || Long.parseLong(range.group(1)) != position) {
                discard();
                throw new TransientFailure("the server sends another part than it was asked for", null);
            }
            total = range.group(2).equals("*") ? file.sizeBytes() : Long.parseLong(range.group(2));
        }
        if (file.sizeBytes() >= 0) {
            if (total >= 0 && total != file.sizeBytes()) {
                throw new HubException(what + ": the server announces " + total + " bytes, but the hub lists "
                        + file.sizeBytes() + "; check HF_ENDPOINT");
            }
            return file.sizeBytes();
        }
        if (total < 0) {
            throw new HubException(what + ": neither the hub nor the server says how long it is; check HF_ENDPOINT");
        }
        requireRoom(total);
        return total;
    }

    /** What the listing did not say is held to the same limits as soon as the server says it. */
    private void requireRoom(long total) {
        long most = WantedFiles.maxBytes(file.path());
        if (total > most) {
            throw new HubException(what + ": the server announces " + total + " bytes, more than the " + most
                    + " it may have; check HF_ENDPOINT");
        }
        long space = onDisk(() -> Files.getFileStore(target.getParent()).getUsableSpace());
        if (total - position > space) {
            throw new HubException(target + ": " + (total - position) + " bytes are to come, but only " + space
                    + " are free on this disk; make room, or give another folder with --cache");
        }
    }

    private void receive(Answer answer, long total) throws IOException {
        byte[] piece = new byte[1 << 16];
        InputStream body = answer.response().body();
        try (StallWatch watch = StallWatch.on(body, settings.patience()); OutputStream out = open()) {
            while (true) {
                int n = read(body, piece, watch);
                if (n < 0) {
                    break;
                }
                if (position + n > total) {
                    discard();
                    throw new HubException(what + ": more than the announced " + total
                            + " bytes come; refused. Check HF_ENDPOINT");
                }
                write(out, piece, n);
                position += n;
                progress.accept(position);
            }
        }
        if (position < total) {
            throw new TransientFailure("the transfer broke off after " + position + " of " + total + " bytes", null);
        }
    }

    private static int read(InputStream body, byte[] piece, StallWatch watch) throws IOException {
        try {
            int n = body.read(piece);
            if (n < 0 && watch.stalled()) {
                throw new IOException("closed");
            }
            watch.received(Math.max(0, n));
            return n;
        } catch (IOException e) {
            throw watch.explained(e);
        }
    }

    private OutputStream open() {
        try {
            return Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw disk(e);
        }
    }

    /** Not worth another attempt, unlike a failing read. */
    private void write(OutputStream out, byte[] piece, int n) {
        try {
            out.write(piece, 0, n);
        } catch (IOException e) {
            throw disk(e);
        }
    }

    /** Something on this disk. */
    private interface DiskWork<T> {
        T run() throws IOException;
    }

    /** A disk that fails is no server that fails: it is not tried again. */
    private <T> T onDisk(DiskWork<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw disk(e);
        }
    }

    private HubException disk(IOException e) {
        return new HubException(target + ": cannot be written: " + (e.getMessage() == null ? e : e.getMessage())
                + "; check the permissions and the space left on this disk, or give another folder with --cache", e);
    }

    /** Only a strong one: a weak one does not promise the same bytes. */
    private void keepEtag(Answer answer) {
        String tag = answer.header("ETag");
        if (answer.status() == 200 && tag != null && tag.startsWith("\"")) {
            onDisk(() -> Files.writeString(etag, tag, StandardCharsets.US_ASCII));
        }
    }

    private void restart() {
        discard();
        progress.accept(0);
    }

    private void discard() {
        onDisk(() -> Files.deleteIfExists(part));
        onDisk(() -> Files.deleteIfExists(etag));
        position = 0;
    }
}
