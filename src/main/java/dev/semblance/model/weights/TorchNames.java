package dev.semblance.model.weights;

import java.util.Map;
import java.util.Optional;

/** The names that a pickle of tensors may use, all of them. Each stands for a meaning; no code belongs to any. */
final class TorchNames {

    enum Meaning {
        ORDERED_DICT,
        REBUILD_TENSOR,
        REBUILD_PARAMETER,
        SIZE,
        STORAGE
    }

    private static final Map<String, PickleValue.Name> NAMES = Map.ofEntries(
            Map.entry("collections.OrderedDict", new PickleValue.Name(Meaning.ORDERED_DICT, null)),
            Map.entry("torch._utils._rebuild_tensor_v2", new PickleValue.Name(Meaning.REBUILD_TENSOR, null)),
            Map.entry("torch._utils._rebuild_parameter", new PickleValue.Name(Meaning.REBUILD_PARAMETER, null)),
            Map.entry("torch.Size", new PickleValue.Name(Meaning.SIZE, null)),
            storage("torch.FloatStorage", ElementType.F32), storage("torch.HalfStorage", ElementType.F16),
            storage("torch.BFloat16Storage", ElementType.BF16), storage("torch.DoubleStorage", ElementType.F64),
            storage("torch.LongStorage", ElementType.I64), storage("torch.IntStorage", ElementType.I32),
            storage("torch.ShortStorage", ElementType.I16), storage("torch.CharStorage", ElementType.I8),
            storage("torch.ByteStorage", ElementType.U8), storage("torch.BoolStorage", ElementType.BOOL),
            storage("torch.storage.UntypedStorage", ElementType.U8));

    private TorchNames() {}

    static Optional<PickleValue.Name> find(String module, String name) {
        return Optional.ofNullable(NAMES.get(module + "." + name));
    }

    private static Map.Entry<String, PickleValue.Name> storage(String name, ElementType type) {
        return Map.entry(name, new PickleValue.Name(Meaning.STORAGE, type));
    }
}
