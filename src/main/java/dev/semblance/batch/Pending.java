package dev.semblance.batch;

import dev.semblance.record.TokenizedText;

/**
 * A text on its way to the device.
 *
 * @param ticket    the submitter's, handed back untouched
 * @param arrivalNs when it was offered
 * @param sequence  order of arrival, unique within one former
 */
public record Pending<T>(T ticket, TokenizedText text, long arrivalNs, long sequence) {}
