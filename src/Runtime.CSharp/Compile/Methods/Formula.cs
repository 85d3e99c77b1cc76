using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Compile.Methods;

/// <summary>A tensor that is computed where it is read. An element that was computed already in a block around is taken from there.</summary>
internal sealed class Formula : TensorLocal
{
    private readonly Func<ImmutableArray<LoopValue>, LoopValue> element;
    private readonly Func<LoopValue, LoopValue>? flat;
    private readonly Dictionary<ImmutableArray<LoopValue>, LoopValue> known = new(new SameIndex());

    /// <summary>A function of the index, and one of the row-major place where that is as good.</summary>
    internal Formula(
        TensorType type,
        ImmutableArray<LoopBuffer> reads,
        double work,
        Func<ImmutableArray<LoopValue>, LoopValue> element,
        Func<LoopValue, LoopValue>? flat,
        ImmutableArray<int> cuts = default,
        PendingProduct? pending = null)
        : base(type, reads)
    {
        Work = work;
        Cuts = cuts.IsDefault ? [] : cuts;
        Pending = pending;
        this.element = element;
        this.flat = flat;
    }

    internal override double Work { get; }

    internal override bool IsFlat => flat is not null;

    internal override ImmutableArray<int> Cuts { get; }

    internal override PendingProduct? Pending { get; }

    internal override LoopValue At(LoopBuilder builder, ImmutableArray<LoopValue> index) =>
        index.Length == 1 && flat is not null ? AtFlat(builder, index[0]) : Known(builder, index, element);

    internal override LoopValue AtFlat(LoopBuilder builder, LoopValue place) => flat is null
        ? At(builder, Places.Index(builder, Extents, place))
        : Known(builder, [place], index => flat(index[0]));

    private LoopValue Known(LoopBuilder builder, ImmutableArray<LoopValue> index, Func<ImmutableArray<LoopValue>, LoopValue> compute)
    {
        if (known.TryGetValue(index, out LoopValue? before) && IsSeen(before, builder.Current))
        {
            return before;
        }

        LoopValue value = compute(index);
        known[index] = value;
        return value;
    }

    /// <summary>Whether a value was computed in this block or in one around it.</summary>
    private static bool IsSeen(LoopValue value, LoopBlock block)
    {
        LoopBlock? around = block;
        while (around is not null && around.Depth > value.Home.Depth)
        {
            around = around.Parent;
        }

        return ReferenceEquals(around, value.Home);
    }

    /// <summary>Indices of the same values. One index by place and one by axis differ in length, or the tensor has one axis.</summary>
    private sealed class SameIndex : IEqualityComparer<ImmutableArray<LoopValue>>
    {
        public bool Equals(ImmutableArray<LoopValue> left, ImmutableArray<LoopValue> right) => left.AsSpan().SequenceEqual(right.AsSpan());

        public int GetHashCode(ImmutableArray<LoopValue> index)
        {
            HashCode hash = default;
            foreach (LoopValue value in index)
            {
                hash.Add(RuntimeHelpers.GetHashCode(value));
            }

            return hash.ToHashCode();
        }
    }
}
