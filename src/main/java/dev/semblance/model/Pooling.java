package dev.semblance.model;

/** How the token vectors of a text become one vector. */
public enum Pooling {
    /** The mean over the text's tokens, special tokens included, padding left out. */
    MEAN("mean"),
    /** The first token's vector of the last layer. */
    CLS("cls"),
    /** The model's output is one vector a text already. */
    NONE("none");

    private final String id;

    Pooling(String id) {
        this.id = id;
    }

    /** As written in manifests and records. */
    public String id() {
        return id;
    }
}
