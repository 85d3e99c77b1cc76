using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Compile.Methods;

/// <summary>What stands for a value of a graph while a region is lowered.</summary>
internal abstract class Local
{
    private protected Local(ImmutableArray<LoopBuffer> reads) => Reads = reads;

    /// <summary>The working memory that is read where it is used: nothing may be written there as long as it is needed.</summary>
    internal ImmutableArray<LoopBuffer> Reads { get; }
}

/// <summary>A tensor: something that has an element at each index.</summary>
internal abstract class TensorLocal : Local
{
    private protected TensorLocal(TensorType type, ImmutableArray<LoopBuffer> reads)
        : base(reads)
    {
        Type = type;
        Size = type.Shape.Size;
        Extents = type.Shape.ToArray();
    }

    /// <summary>The dtype and shape.</summary>
    internal TensorType Type { get; }

    /// <summary>How many elements.</summary>
    internal int Size { get; }

    /// <summary>The extents.</summary>
    internal int[] Extents { get; }

    /// <summary>About how many instructions an element takes.</summary>
    internal abstract double Work { get; }

    /// <summary>Whether reading by row-major place is as good as reading by index.</summary>
    internal abstract bool IsFlat { get; }

    /// <summary>Where along its only axis elements begin to be computed from something else, ascending; see <see cref="Methods.Cuts"/>.</summary>
    internal virtual ImmutableArray<int> Cuts => [];

    /// <summary>The product that is still to be formed and that its elements are functions of, each of the same element; null where there is none.</summary>
    internal virtual PendingProduct? Pending => null;

    /// <summary>The element at an index, one i64 an axis.</summary>
    internal abstract LoopValue At(LoopBuilder builder, ImmutableArray<LoopValue> index);

    /// <summary>The element at a row-major place.</summary>
    internal abstract LoopValue AtFlat(LoopBuilder builder, LoopValue place);

    /// <summary>As an operand of an <see cref="ElementRule"/>.</summary>
    internal ElementSource Source(LoopBuilder builder) => index => At(builder, index);
}

/// <summary>A tensor whose elements are numbers of the program, in row-major order.</summary>
internal sealed class Registers(TensorType type, ImmutableArray<LoopValue> elements) : TensorLocal(type, [])
{
    /// <summary>The elements in row-major order.</summary>
    internal ImmutableArray<LoopValue> Elements { get; } = elements;

    internal override double Work => 0;

    internal override bool IsFlat => true;

    internal override LoopValue At(LoopBuilder builder, ImmutableArray<LoopValue> index) =>
        AtFlat(builder, Places.Of(builder, Extents, index));

    /// <summary>Where the place is not known, a choice among all elements.</summary>
    internal override LoopValue AtFlat(LoopBuilder builder, LoopValue place)
    {
        if (place.IsConstant)
        {
            return Elements[(int)place.Constant.AsLong];
        }

        LoopValue chosen = Elements[0];
        for (int i = 1; i < Elements.Length; i++)
        {
            chosen = builder.Select(builder.Equal(place, builder.Index(i)), Elements[i], chosen);
        }

        return chosen;
    }
}

/// <summary>A tensor that lies in a buffer, row-major, from an offset on.</summary>
internal sealed class Stored(TensorType type, LoopBuffer buffer, LoopValue offset)
    : TensorLocal(type, buffer.Kind == LoopBufferKind.Input ? [] : [buffer])
{
    internal LoopBuffer Buffer { get; } = buffer;

    internal LoopValue Offset { get; } = offset;

    internal override double Work => 1;

    internal override bool IsFlat => true;

    internal override LoopValue At(LoopBuilder builder, ImmutableArray<LoopValue> index) =>
        AtFlat(builder, Places.Of(builder, Extents, index));

    internal override LoopValue AtFlat(LoopBuilder builder, LoopValue place) => builder.Load(Buffer, builder.Add(Offset, place));

    /// <summary>Whether it lies at this very place.</summary>
    internal bool IsAt(LoopBuffer buffer, LoopValue offset) => ReferenceEquals(Buffer, buffer) && ReferenceEquals(Offset, offset);
}

/// <summary>A stack: entries one after the other in working memory; what lies behind the last one is zero.</summary>
/// <remarks>
/// State: of tensors, where the first entry lies and how many entries there are, both counted in entries; of stacks, how many entries
/// there are, and how many entries of all of them together the memory holds.
/// </remarks>
internal sealed class StackLocal(StackType type, StackStore store, ImmutableArray<LoopValue> state) : Local(store.Buffers)
{
    internal StackType Type { get; } = type;

    /// <summary>The memory of its entries.</summary>
    internal StackStore Store { get; } = store;

    /// <summary>What is known of it when it runs: i64.</summary>
    internal ImmutableArray<LoopValue> State { get; } = state;
}

/// <summary>The memory of a stack.</summary>
/// <param name="Entry">The innermost entries' type.</param>
/// <param name="Data">The innermost entries.</param>
/// <param name="Table">Of a stack of stacks, where in the data each of them starts, and how many entries it has; otherwise null.</param>
internal sealed record StackStore(TensorType Entry, LoopBuffer Data, LoopBuffer? Table)
{
    /// <summary>How many elements an innermost entry has.</summary>
    internal int Size { get; } = Entry.Shape.Size;

    /// <summary>All of it. A stack of stacks is written by its table alone: the data only grows.</summary>
    internal ImmutableArray<LoopBuffer> Buffers => Table is null ? [Data] : [Table, Data];

    /// <summary>What must be nobody else's for an update in place.</summary>
    internal LoopBuffer Written => Table ?? Data;
}
