package dev.semblance.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryNameTest {

    @Test
    void readsOwnerNameAndRevision() {
        assertThat(RepositoryName.parse("sap-ai-research/miCSE"))
                .isEqualTo(new RepositoryName("sap-ai-research", "miCSE", "main"));
        RepositoryName pinned = RepositoryName.parse("a/b.c_d@refs/pr/3");
        assertThat(pinned.revision()).isEqualTo("refs/pr/3");
        assertThat(pinned.id()).isEqualTo("a/b.c_d");
        assertThat(pinned.folderName()).isEqualTo("a--b.c_d");
        assertThat(pinned).hasToString("a/b.c_d@refs/pr/3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/b/c", "../b", "a/..", "/a/b", "a/b@", "a/ b", "a/.b", "a/b-", "~/model",
            "./models/x"})
    void othersAreNone(String source) {
        assertThat(RepositoryName.looksLikeOne(source)).isFalse();
        assertThatThrownBy(() -> RepositoryName.parse(source)).isInstanceOf(HubException.class)
                .hasMessageContaining("write OWNER/NAME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b/c", "a/b--c", "a/b@../x", "a/b@-x", "a/b@x y", "a/b@a//b"})
    void namesThatWouldLeadAstrayAreRefused(String source) {
        assertThatThrownBy(() -> RepositoryName.parse(source)).isInstanceOf(HubException.class);
    }
}
