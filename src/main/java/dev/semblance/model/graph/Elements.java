package dev.semblance.model.graph;

import java.io.IOException;

/** The values of one weight, made when they are written, so that only one is in memory at a time. */
@FunctionalInterface
interface Elements {

    /** Writes all of them, in the order of the shape, row-major. */
    void writeTo(ElementSink sink) throws IOException;
}
