using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>What is taken along one axis: an index, a range, everything; or a new axis. As NumPy's basic indexing.</summary>
/// <remarks>
/// An index is checked: where it is written, while building; where it is a tensor, while running. Bounds of ranges are clamped.
/// </remarks>
public sealed class Slice
{
    private Slice(SliceKind kind) => Kind = kind;

    /// <summary>The whole axis.</summary>
    public static Slice All { get; } = Of(null, null);

    /// <summary>A new axis of extent 1.</summary>
    public static Slice NewAxis { get; } = new(SliceKind.NewAxis);

    /// <summary>As many whole axes as the other slices leave; at most once.</summary>
    public static Slice Ellipsis { get; } = new(SliceKind.Ellipsis);

    internal SliceKind Kind { get; }

    internal int Index { get; private init; }

    internal Expr? Start { get; private init; }

    internal int? Low { get; private init; }

    internal int? High { get; private init; }

    internal int Step { get; private init; } = 1;

    /// <summary>One index; the axis goes. Negative counts from the end.</summary>
    public static implicit operator Slice(int index) => At(index);

    /// <summary>One index; the axis goes.</summary>
    public static implicit operator Slice(Index index) =>
        At(index.IsFromEnd ? -index.Value : index.Value, index is { IsFromEnd: true, Value: 0 });

    /// <summary>From a start to before an end.</summary>
    public static implicit operator Slice(Range range) =>
        Of(Bound(range.Start), range.End.Equals(System.Index.End) ? null : Bound(range.End));

    /// <summary>One index that is known when it runs, from 0; the axis goes.</summary>
    public static implicit operator Slice(Expr index) => At(index);

    /// <summary>One index; the axis goes. Negative counts from the end.</summary>
    public static Slice At(int index) => new(SliceKind.Index) { Index = index };

    /// <summary>One index that is known when it runs, from 0: an integer of rank 0. The axis goes.</summary>
    public static Slice At(Expr index) => index.Rank == 0 && index.DType.IsInteger()
        ? new(SliceKind.Dynamic) { Start = index, Step = 1 }
        : throw new ShapeException(index.DType == DType.Bool
            ? $"slice: {index.Type} is a mask; how many elements it chooses is not known while a function is traced. Use Where to keep the "
                + "shape, or Compress with a bound on their number."
            : $"slice: {index.Type} is no single integer. Use Take to read at an array of indices.").Here();

    /// <summary>
    /// From low to before high by a step; null, or left out, is the end that the step comes from or goes to. Negative bounds count from the end.
    /// </summary>
    public static Slice Of(int? low = null, int? high = null, int step = 1) => step != 0
        ? new(SliceKind.Range) { Low = low, High = high, Step = step }
        : throw new ShapeException("slice: the step is 0.").Here();

    /// <summary>So many elements from a start that is known when it runs; they must lie within the axis.</summary>
    public static Slice Window(Expr start, int count) => start.Rank == 0 && start.DType.IsInteger()
        ? new(SliceKind.Window) { Start = start, Index = count }
        : throw new ShapeException($"slice: {start.Type} is no single integer.").Here();

    /// <summary>As it would be written: 2, 1:5, ::-1, …</summary>
    public override string ToString() => Kind switch
    {
        SliceKind.Index => $"{Index}",
        SliceKind.Dynamic => "[tensor]",
        SliceKind.Window => $"[tensor : tensor + {Index}]",
        SliceKind.NewAxis => "new axis",
        SliceKind.Ellipsis => "…",
        _ => $"{Low}:{High}{(Step == 1 ? "" : $":{Step}")}",
    };

    private static Slice At(int index, bool isEnd) => isEnd
        ? throw new ShapeException("slice: ^0 is past the end; the last index is ^1.").Here()
        : At(index);

    private static int Bound(Index index) => index.IsFromEnd
        ? index.Value == 0 ? int.MaxValue : -index.Value
        : index.Value;
}

/// <summary>Kinds of <see cref="Slice"/>.</summary>
internal enum SliceKind
{
    Index,
    Dynamic,
    Window,
    Range,
    NewAxis,
    Ellipsis,
}
