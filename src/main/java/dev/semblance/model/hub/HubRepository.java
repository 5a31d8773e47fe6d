package dev.semblance.model.hub;

import dev.semblance.model.hub.HubHttp.Answer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Fetches models. A revision is resolved to a commit first, so that all files are of one state; what the cache holds
 * already is hashed, not fetched.
 *
 * <p>
 * Thread: one owner.
 */
// The hub's HTTP API: https://huggingface.co/docs/hub/api, and the client's source,
// https://github.com/huggingface/huggingface_hub, src/huggingface_hub/file_download.py and utils/_http.py.
public final class HubRepository {

    private static final int LISTING_MAX_BYTES = 32 << 20;

    private final HubSettings settings;
    private final DownloadProgress progress;

    public HubRepository(HubSettings settings, DownloadProgress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * The files that make an encoder of this repository: config, tokenizer, modules and weights.
     *
     * @throws HubException naming what cannot be had, why, and what to do
     */
    public Snapshot fetch(RepositoryName repository) {
        SnapshotCache cache = new SnapshotCache(settings.cache(), repository);
        if (settings.offline()) {
            return cached(repository, cache);
        }
        try (HubHttp http = new HubHttp(settings)) {
            Listing listing = list(http, repository);
            cache.remember(repository.revision(), listing);
            try (SnapshotCache.Lock _ = cache.lock(listing.commit())) {
                return new Run(http, repository, listing, cache.folder(listing.commit())).all();
            }
        } catch (IOException e) {
            throw new HubException(settings.cache() + ": cannot be written: " + e + "; check its permissions", e);
        }
    }

    private Snapshot cached(RepositoryName repository, SnapshotCache cache) {
        Listing listing = cache.listing(repository.revision()).orElseThrow(() -> new HubException(repository
                + ": is not in the cache " + settings.cache() + "; run once without --offline, or give a folder"));
        Path folder = cache.folder(listing.commit());
        List<RemoteFile> wanted = new ArrayList<>(WantedFiles.first(repository, listing));
        SortedMap<String, Snapshot.Fetched> found = new TreeMap<>();
        List<String> missing = new ArrayList<>(missing(wanted, folder, found));
        if (missing.isEmpty()) {
            missing.addAll(missing(WantedFiles.shards(listing, folder), folder, found));
        }
        if (!missing.isEmpty()) {
            throw new HubException(repository + ": the cache " + folder + " lacks " + String.join(", ", missing)
                    + "; run once without --offline");
        }
        return new Snapshot(repository, listing.commit(), folder, found);
    }

    private static List<String> missing(List<RemoteFile> wanted, Path folder,
            SortedMap<String, Snapshot.Fetched> found) {
        List<String> missing = new ArrayList<>();
        for (RemoteFile file : wanted) {
            Path path = folder.resolve(file.path());
            ContentDigest digest = present(path);
            String mismatch = digest == null ? "" : digest.mismatch(file);
            if (mismatch == null) {
                found.put(file.path(), new Snapshot.Fetched(digest.sha256(), digest.sizeBytes()));
            } else {
                missing.add(file.path() + (mismatch.isEmpty() ? "" : " (it " + mismatch + ")"));
            }
        }
        return missing;
    }

    /** Null where there is no such file. */
    private static ContentDigest present(Path path) {
        try {
            return Files.isRegularFile(path) ? ContentDigest.of(path) : null;
        } catch (IOException e) {
            throw new HubException(path + ": cannot be read: " + e + "; check its permissions", e);
        }
    }

    private Listing list(HubHttp http, RepositoryName repository) {
        String path = "/api/models/" + repository.id() + "/revision/"
                + URLEncoder.encode(repository.revision(), StandardCharsets.UTF_8) + "?blobs=true";
        return new Attempts(settings.patience()).run(repository.toString(), () -> 0, () -> {
            try (Answer answer = http.get(http.below(path), Map.of())) {
                Refusals.check(repository.toString(), answer, settings.token() != null, false);
                return Listing.parse(settings.endpoint() + path, body(repository, answer));
            }
        });
    }

    private static byte[] body(RepositoryName repository, Answer answer) throws IOException {
        byte[] body = answer.read(LISTING_MAX_BYTES + 1);
        if (body.length > LISTING_MAX_BYTES) {
            throw new HubException(repository + ": its list of files has more than " + LISTING_MAX_BYTES
                    + " bytes; check HF_ENDPOINT");
        }
        return body;
    }

    /** Thread: that of the call. */
    private final class Run {

        private final HubHttp http;
        private final RepositoryName repository;
        private final Listing listing;
        private final Path folder;
        private final SortedMap<String, Snapshot.Fetched> fetched = new TreeMap<>();
        private long doneBytes;
        private long totalBytes;

        Run(HubHttp http, RepositoryName repository, Listing listing, Path folder) {
            this.http = http;
            this.repository = repository;
            this.listing = listing;
            this.folder = folder;
        }

        Snapshot all() {
            fetch(WantedFiles.first(repository, listing));
            fetch(WantedFiles.shards(listing, folder));
            return new Snapshot(repository, listing.commit(), folder, fetched);
        }

        private void fetch(List<RemoteFile> files) {
            List<RemoteFile> needed = new ArrayList<>();
            for (RemoteFile file : files) {
                ContentDigest digest = present(folder.resolve(file.path()));
                if (digest != null && digest.mismatch(file) == null) {
                    done(file, digest);
                } else {
                    requirePlausible(file);
                    needed.add(file);
                    totalBytes += Math.max(0, file.sizeBytes());
                }
            }
            requireSpace(needed);
            for (RemoteFile file : needed) {
                long before = doneBytes;
                ContentDigest digest = new FileDownload(http, settings, repository.id() + "/" + file.path(),
                        http.below("/" + repository.id() + "/resolve/" + listing.commit() + "/" + encoded(file)), file,
                        folder.resolve(file.path()),
                        bytes -> progress.update(file.path(), before + bytes, Math.max(totalBytes, before + bytes)))
                        .run();
                doneBytes = before + digest.sizeBytes();
                done(file, digest);
            }
        }

        private void done(RemoteFile file, ContentDigest digest) {
            fetched.put(file.path(), new Snapshot.Fetched(digest.sha256(), digest.sizeBytes()));
        }

        private void requirePlausible(RemoteFile file) {
            long most = WantedFiles.maxBytes(file.path());
            if (file.sizeBytes() > most) {
                throw new HubException(repository.id() + "/" + file.path() + ": the hub lists " + file.sizeBytes()
                        + " bytes, more than the " + most + " it may have; check HF_ENDPOINT");
            }
        }

        /** Before the first byte, not after the last one that fits. */
        private void requireSpace(List<RemoteFile> needed) {
            try {
                long space = Files.getFileStore(folder).getUsableSpace();
                long wanted = 0;
                for (RemoteFile file : needed) {
                    Path part = folder.resolve(file.path() + ".part");
                    wanted += Math.max(0, file.sizeBytes() - (Files.exists(part) ? Files.size(part) : 0));
                }
                if (wanted > space) {
                    throw new HubException(folder + ": " + wanted + " bytes are to come (" + needed.stream()
                            .map(RemoteFile::path).collect(Collectors.joining(", ")) + "), but only " + space
                            + " are free on this disk; make room, or give another folder with --cache");
                }
            } catch (IOException e) {
                throw new HubException(folder + ": cannot be read: " + e + "; check its permissions", e);
            }
        }
    }

    private static String encoded(RemoteFile file) {
        return Stream.of(file.path().split("/"))
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }
}
