package dev.semblance.model.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.testing.LoopbackHub;
import dev.semblance.testing.LoopbackHub.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is fetched, and transfers that go wrong. */
class HubRepositoryTest extends HubFixture {

    @Test
    void onlyWhatIsNeededIsFetchedAndIsAsServed() throws IOException {
        List<Long> done = new ArrayList<>();
        List<Long> totals = new ArrayList<>();
        Snapshot snapshot = new HubRepository(settings(), (file, bytes, total) -> {
            done.add(bytes);
            totals.add(total);
        }).fetch(REPOSITORY);

        assertThat(snapshot.commit()).isEqualTo(LoopbackHub.COMMIT);
        assertThat(snapshot.files()).containsOnlyKeys("config.json", "tokenizer.json", "vocab.txt",
                "1_Pooling/config.json", WEIGHTS);
        for (String name : snapshot.files().keySet()) {
            assertThat(snapshot.folder().resolve(name)).hasBinaryContent(files.get(name));
            assertThat(snapshot.files().get(name).sizeBytes()).isEqualTo(files.get(name).length);
        }
        assertThat(snapshot.folder()).isEqualTo(file("").normalize());
        assertThat(done).isSorted();
        assertThat(done.getLast()).isEqualTo(totals.getLast())
                .isEqualTo(snapshot.files().values().stream().mapToLong(Snapshot.Fetched::sizeBytes).sum());
        assertThat(leftovers()).isEmpty();
    }

    private List<String> leftovers() throws IOException {
        try (Stream<Path> tree = Files.walk(cache)) {
            return tree.map(p -> p.getFileName().toString()).filter(n -> n.contains(".part") || n.endsWith(".new"))
                    .toList();
        }
    }

    /** Each piece of an answer counts, not the answer as a whole. */
    @Test
    void aListingThatComesSlowlyIsWaitedFor() {
        hub.always("", LoopbackHub.drip(1));
        assertThat(fetch().commit()).isEqualTo(LoopbackHub.COMMIT);
    }

    @Test
    void importsAtTheSameTimeDoNotDisturbEachOther() throws Exception {
        fetch();
        SnapshotCache shared = new SnapshotCache(cache, REPOSITORY);
        Listing listing = shared.listing("main").orElseThrow();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(threads.submit(() -> new SnapshotCache(cache, REPOSITORY).remember("main", listing)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(shared.listing("main")).contains(listing);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aListingInTheCacheThatIsDamagedIsNamed() throws IOException {
        fetch();
        Path listing = cache.resolve("owner--micse-like").resolve(LoopbackHub.COMMIT + ".json");
        Files.writeString(listing, "{");
        offline = true;
        refused().hasMessageStartingWith(listing + ": is damaged; delete it");
    }

    @Test
    void whatTheCacheHoldsIsNotFetchedAgainUnlessItWasChanged() throws IOException {
        fetch();
        fetch();
        assertThat(hub.requestsFor(WEIGHTS)).hasSize(1);

        byte[] changed = files.get(WEIGHTS).clone();
        changed[5] ^= 1;
        Files.write(file(WEIGHTS), changed);
        assertThat(fetch().folder().resolve(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
        assertThat(hub.requestsFor(WEIGHTS)).hasSize(2);
    }

    @Test
    void pytorchWeightsAndShardsWhereThereIsNothingBetter() {
        files.remove(WEIGHTS);
        serveAgain();
        assertThat(fetch().files()).containsKey("pytorch_model.bin");

        files.put("model.safetensors.index.json", utf8("""
                {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}}
                """));
        files.put("model-1.safetensors", new byte[4000]);
        files.put("model-2.safetensors", new byte[4001]);
        files.put("model-3.safetensors", new byte[4002]);
        serveAgain();
        assertThat(fetch().files()).containsKeys("model-1.safetensors", "model-2.safetensors")
                .doesNotContainKeys("model-3.safetensors", "pytorch_model.bin");
        offline = true;
        assertThat(fetch().files()).containsKeys("model-1.safetensors", "model-2.safetensors");
    }

    @Test
    void aBrokenTransferIsTakenUpWhereItBroke() {
        hub.next(WEIGHTS, LoopbackHub.dropAfter(100_000));
        fetch();
        assertThat(hub.requestsFor(WEIGHTS)).hasSize(2);
        LoopbackHub.Request second = hub.requestsFor(WEIGHTS).getLast();
        assertThat(second.range()).isEqualTo("bytes=100000-");
        assertThat(second.ifRange()).startsWith("\"");
        assertThat(file(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
    }

    @Test
    void aBrokenRunIsTakenUpByTheNext() throws IOException {
        hub.next(WEIGHTS, LoopbackHub.dropAfter(10_000), LoopbackHub.status(503), LoopbackHub.status(502));
        refused().hasMessageContaining("given up after 3 attempts").hasMessageContaining("502")
                .hasMessageContaining("what has come is kept");
        assertThat(file(WEIGHTS)).doesNotExist();
        assertThat(file(WEIGHTS + ".part")).hasSize(10_000);

        fetch();
        assertThat(hub.requestsFor(WEIGHTS).getLast().range()).isEqualTo("bytes=10000-");
        assertThat(file(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void attemptsAreCountedAnewWhileThereIsProgress() {
        Fault more = (exchange, content) -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            int start = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes " + start + "-" + (content.length - 1) + "/" + content.length);
            exchange.sendResponseHeaders(start == 0 ? 200 : 206, content.length - start);
            exchange.getResponseBody().write(content, start, Math.min(60_000, content.length - start));
        };
        hub.next(WEIGHTS, more, more, more, more);
        assertThat(fetch().folder().resolve(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
        assertThat(hub.requestsFor(WEIGHTS)).hasSize(5);
    }

    @Test
    void aServerThatCannotResumeSendsTheWhole() {
        hub.next(WEIGHTS, LoopbackHub.dropAfter(100_000), LoopbackHub.ignoringRange());
        assertThat(fetch().folder().resolve(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));

        serveAgain();
        deleteWeights();
        hub.next(WEIGHTS, LoopbackHub.dropAfter(100_000), LoopbackHub.wrongPart());
        assertThat(fetch().folder().resolve(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));

        serveAgain();
        deleteWeights();
        hub.next(WEIGHTS, LoopbackHub.dropAfter(100_000), LoopbackHub.status(416));
        assertThat(fetch().folder().resolve(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
        assertThat(hub.requestsFor(WEIGHTS).getLast().range()).isNull();
    }

    private void deleteWeights() {
        try {
            Files.delete(file(WEIGHTS));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aSpoiltPartIsFetchedAgainAsAWhole() throws IOException {
        Files.createDirectories(file(""));
        Files.write(file(WEIGHTS + ".part"), new byte[1000]);
        assertThat(fetch().folder().resolve(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
        Files.delete(file(WEIGHTS));
        Files.write(file(WEIGHTS + ".part"), new byte[SIZE]);
        assertThat(fetch().folder().resolve(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
        Files.delete(file(WEIGHTS));
        Files.write(file(WEIGHTS + ".part"), new byte[SIZE + 1]);
        assertThat(fetch().folder().resolve(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
    }

    @Test
    void otherContentThanListedIsRefusedAndThrownAway() throws IOException {
        hub.always(WEIGHTS, LoopbackHub.corrupt());
        refused().hasMessageContaining(REPOSITORY.id() + "/" + WEIGHTS).hasMessageContaining("has the SHA-256 ");
        assertThat(file(WEIGHTS)).doesNotExist();
        assertThat(leftovers()).isEmpty();

        hub.always("config.json", LoopbackHub.corrupt());
        deleteConfig();
        refused().hasMessageContaining("config.json").hasMessageContaining("has the git hash ");
    }

    private void deleteConfig() throws IOException {
        Files.delete(file("config.json"));
    }

    @Test
    void anotherLengthThanListedIsRefused() {
        hub.always(WEIGHTS, LoopbackHub.cutTo(1000));
        refused().hasMessageContaining("announces 1000 bytes, but the hub lists " + SIZE);
    }

    @Test
    void anEndlessBodyIsCutOff() throws IOException {
        hub.always(WEIGHTS, LoopbackHub.endless());
        refused().hasMessageContaining("more than the announced " + SIZE + " bytes");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aDrippingServerIsGivenUp() {
        hub.always(WEIGHTS, LoopbackHub.drip(20));
        refused().hasMessageContaining("fewer than 64 bytes came in 400 ms");
        assertThat(hub.requestsFor(WEIGHTS)).hasSize(3);
    }

    @Test
    void aHubThatListsNoSizesAndHashesIsTakenAtItsAnswers() {
        hub.editListing(listing -> listing.withArray("siblings")
                .forEach(file -> ((ObjectNode) file).remove(List.of("size", "lfs", "blobId"))));
        assertThat(fetch().folder().resolve(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
        deleteWeights();
        hub.always(WEIGHTS, LoopbackHub.endless());
        refused().hasMessageContaining("says how long it is");
    }

    @Test
    void offlineTheCacheIsAllThereIs() throws IOException {
        offline = true;
        refused().hasMessageContaining("is not in the cache");
        assertThat(hub.requests()).isEmpty();

        offline = false;
        fetch();
        offline = true;
        int before = hub.requests().size();
        assertThat(fetch().files()).containsKey(WEIGHTS);
        assertThat(new HubRepository(settings(), (f, d, t) -> {}).fetch(REPOSITORY.at(LoopbackHub.COMMIT)).commit())
                .isEqualTo(LoopbackHub.COMMIT);
        Files.delete(file("config.json"));
        Files.write(file(WEIGHTS), new byte[7]);
        refused().hasMessageContaining("lacks config.json, model.safetensors (it has 7 bytes");
        assertThat(hub.requests()).hasSize(before);
    }

    @Test
    void twoAtOnceAreRefused() throws IOException {
        try (SnapshotCache.Lock _ = new SnapshotCache(cache, REPOSITORY).lock(LoopbackHub.COMMIT)) {
            refused().hasMessageContaining("another import is downloading this model");
        }
        fetch();
    }
}
