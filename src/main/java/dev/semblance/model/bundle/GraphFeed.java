package dev.semblance.model.bundle;

import dev.semblance.model.Pooling;

import dev.semblance.model.bundle.Manifest.Inputs;
import dev.semblance.model.bundle.Manifest.Layout;

/**
 * How a graph is fed, and what is left to do with what it gives.
 *
 * @param output     name, or null for the only one
 * @param pooling    what is left to do; NONE where the graph gives one vector a text
 * @param scaling    whether scaling to unit L2 norm is left to do
 * @param padTokenId id written into padded positions, which the mask hides
 */
public record GraphFeed(Layout layout, Inputs inputs, String output, Pooling pooling, boolean scaling,
        int padTokenId) {}
