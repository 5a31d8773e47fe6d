package dev.semblance.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.model.weights.WeightFiles;
import dev.semblance.testing.LoopbackHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that refuse, lie or lead astray. */
class HubRefusalsTest extends HubFixture {

    @Test
    void aShardOutsideTheRepositoryIsRefused() {
        files.remove(WEIGHTS);
        files.put("model.safetensors.index.json", utf8("{\"weight_map\": {\"a\": \"../../../etc/passwd\"}}"));
        serveAgain();
        refused().hasMessageContaining("names ../../../etc/passwd, which the repository does not have");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "/etc/passwd", "a/../../b", "a\\b", "a//b", "a/./b", "x\u0000y", ""})
    void aNameThatLeadsOutOfTheFolderIsRefused(String name) {
        hub.editListing(l -> l.withArray("siblings").addObject().put("rfilename", name).put("size", 1));
        refused().hasMessageContaining("leads out of its folder");
        assertThat(file("config.json")).doesNotExist();
    }

    @Test
    void aWebPageIsNoFileAndNoListing() {
        hub.next("config.json", LoopbackHub.webPage());
        refused().hasMessageContaining("config.json: 127.0.0.1 answers with a web page instead");
        hub.next("", LoopbackHub.webPage());
        refused().hasMessageContaining("web page");
        hub.next("", (exchange, content) -> {
            exchange.sendResponseHeaders(200, 6);
            exchange.getResponseBody().write(utf8("<html>"));
        });
        refused().hasMessageContaining("something else than JSON");
    }

    @ParameterizedTest
    @CsvSource({"401, '', 'no such repository, or it is private'", "403, '', accept the repository's terms",
            "404, RepoNotFound, no such repository", "404, RevisionNotFound, no such revision",
            "404, EntryNotFound, no such file", "429, '', too many requests", "500, '', the server answers 500",
            "504, '', the server answers 504", "418, '', the server answers 418"})
    void eachRefusalHasItsWords(int status, String code, String words) {
        hub.always("", LoopbackHub.status(status, "X-Error-Code", code));
        refused().hasMessageContaining(words).hasMessageStartingWith("owner/micse-like@main: ");
        assertThat(hub.requests()).hasSize(status == 429 || status / 100 == 5 ? 3 : 1);
    }

    @Test
    void aTokenThatIsNotAcceptedIsSaidSoAndNeverShown() {
        token = "hf_secret";
        hub.always("", LoopbackHub.status(401, "X-Error-Message", "Invalid credentials"));
        refused().hasMessageContaining("does not accept the token (401)").hasMessageContaining("Invalid credentials")
                .satisfies(e -> assertThat(e.toString()).doesNotContain("hf_secret"));
        assertThat(settings().toString()).doesNotContain("hf_secret");
    }

    @Test
    void aShortWaitIsKeptAndALongOneIsLeftToPeople() {
        hub.next("", LoopbackHub.status(429, "Retry-After", "0"));
        fetch();
        hub.next("", LoopbackHub.status(429, "Retry-After", "3600"));
        refused().hasMessageContaining("asks to wait 3600 s");
    }

    @Test
    void theTokenGoesToTheEndpointOnly() {
        token = "hf_secret";
        try (LoopbackHub other = new LoopbackHub(REPOSITORY.id(), files)) {
            String there = other.endpoint() + "/" + REPOSITORY.id() + "/resolve/" + LoopbackHub.COMMIT + "/" + WEIGHTS;
            hub.always(WEIGHTS, LoopbackHub.redirect(there));
            hub.next("config.json", LoopbackHub.redirect("/" + REPOSITORY.id() + "/resolve/" + LoopbackHub.COMMIT
                    + "/config.json"));
            fetch();
            assertThat(other.requests()).hasSize(1)
                    .allSatisfy(r -> assertThat(r.authorization()).as(r.path()).isNull());
            assertThat(hub.requests()).allSatisfy(r -> assertThat(r.authorization()).isEqualTo("Bearer hf_secret"));
            assertThat(hub.requestsFor("config.json")).hasSize(2);
            assertThat(file(WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "jar:file:/x!/y", "javascript:1", "http:///x"})
    void redirectsElsewhereThanToTheWebAreRefused(String location) {
        hub.always(WEIGHTS, LoopbackHub.redirect(location));
        refused().hasMessageContaining("neither http nor https");
    }

    @Test
    void redirectsInACircleAreRefused() {
        hub.always(WEIGHTS, LoopbackHub.redirect(
                "/" + REPOSITORY.id() + "/resolve/" + LoopbackHub.COMMIT + "/" + WEIGHTS));
        refused().hasMessageContaining("more than 5 redirects");
    }

    @Test
    void aDiskThatIsTooSmallIsSaidBeforeTheFirstByte() {
        hub.editListing(listing -> size(listing, WEIGHTS, 1L << 49));
        refused().hasMessageContaining("562949953").hasMessageContaining("free on this disk");
        hub.editListing(listing -> size(listing, WEIGHTS, Long.MAX_VALUE));
        refused().hasMessageContaining("more than the ");
        assertThat(hub.requestsFor(WEIGHTS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"config.json, 4194305", "tokenizer.json, 50331649", "1_Pooling/config.json, 4194305"})
    void aSmallFileThatIsLargeIsRefused(String name, long bytes) {
        hub.editListing(listing -> listing.withArray("siblings").forEach(file -> {
            if (file.path("rfilename").asText().equals(name)) {
                ((ObjectNode) file).put("size", bytes);
            }
        }));
        refused().hasMessageContaining(name + ": the hub lists " + bytes + " bytes, more than the " + (bytes - 1));
        hub.editListing(listing -> listing.withArray("siblings").forEach(file -> ((ObjectNode) file).remove("size")));
        hub.always(name, announcing(bytes));
        refused().hasMessageContaining(name + ": the server announces " + bytes + " bytes, more than the ");
    }

    private static LoopbackHub.Fault announcing(long bytes) {
        return (exchange, content) -> {
            exchange.sendResponseHeaders(200, bytes);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
        };
    }

    @Test
    void whatTheListingLeavesOutIsHeldAgainstTheDiskWhenItIsAnnounced() {
        hub.editListing(listing -> listing.withArray("siblings").forEach(file -> {
            ((ObjectNode) file).remove("size");
            ((ObjectNode) file).remove("lfs");
        }));
        hub.always(WEIGHTS, announcing(1L << 49));
        refused().hasMessageContaining("562949953421312 bytes are to come").hasMessageContaining("free on this disk");
    }

    @Test
    void namesOfWeightsAreThoseThatAreReadAfterwards() {
        assertThat(WantedFiles.WEIGHTS).isEqualTo(WeightFiles.NAMES);
    }

    private static void size(ObjectNode listing, String name, long bytes) {
        listing.withArray("siblings").forEach(file -> {
            if (file.path("rfilename").asText().equals(name)) {
                ((ObjectNode) file.path("lfs")).put("size", bytes);
            }
        });
    }

    @Test
    void aListingThatCannotBeIsRefused() {
        List<Consumer<ObjectNode>> edits = List.of(l -> l.put("sha", "../../x"), l -> l.put("sha", 5),
                l -> l.remove(List.of("siblings")));
        for (Consumer<ObjectNode> edit : edits) {
            hub.editListing(edit);
            refused().hasMessageContaining("check HF_ENDPOINT");
        }
        hub.editListing(l -> l.putArray("siblings").addObject().put("rfilename", "config.json"));
        refused().hasMessageContaining("has none of model.safetensors");
        hub.editListing(l -> l.putArray("siblings"));
        refused().hasMessageContaining("has no config.json");
    }

    @Test
    void noServerIsSaidSo() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        HubSettings nobody = new HubSettings(HubSettings.endpoint("http://127.0.0.1:" + port), null, cache, false,
                PATIENCE);
        assertThatThrownBy(() -> new HubRepository(nobody, (f, d, t) -> {}).fetch(REPOSITORY))
                .isInstanceOf(HubException.class).hasMessageContaining("given up after 3 attempts: no connection");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///x", "ftp://a", "huggingface.co", "http://", "http://a b", "https://u:p@h",
            "http://h?q=1", ""})
    void endpointsThatAreNone(String endpoint) {
        assertThatThrownBy(() -> HubSettings.endpoint(endpoint)).isInstanceOf(HubException.class)
                .hasMessageContaining("HF_ENDPOINT=");
    }

    @Test
    void endpointsMayHaveAPathAndASlash() {
        assertThat(HubSettings.endpoint("https://mirror.example/hf/")).hasToString("https://mirror.example/hf");
    }
}
