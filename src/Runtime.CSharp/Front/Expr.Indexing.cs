using System.Runtime.CompilerServices;

namespace Adjoint.Front;

/// <content>Reading and updating parts.</content>
public sealed partial class Expr
{
    /// <summary>A part: x[0], x[^1], x[1..3, Slice.All], x[i] with a traced i, x[Slice.Ellipsis, Slice.NewAxis]…</summary>
    /// <exception cref="Core.ShapeException">An index is out of range, or there are more slices than axes.</exception>
    [IndexerName("Part")]
    public Expr this[params Slice[] slices] => SlicePlan.Of(this, slices).Read(this);

    /// <summary>A part to be set or joined: x.At(1..3).Set(v) is a new tensor that differs from x there.</summary>
    public Region At(params Slice[] slices) => new(this, SlicePlan.Of(this, slices));
}
