using Adjoint.Kernels;

namespace Adjoint.Loops.Blocks;

/// <summary>Joins elements of lanes in the order of <see cref="LoopReduction"/>.</summary>
internal abstract class ReductionStep : BlockStep
{
    /// <summary>Before the first lane.</summary>
    internal abstract void Start(ref BlockFrame frame);

    /// <summary>After the last lane.</summary>
    internal abstract void Finish(ref BlockFrame frame, bool empty);
}

/// <summary>Joins elements of a type by an operation.</summary>
internal sealed unsafe class ReductionStep<T, TOp>(Place element, Place partials, Place result, T identity, T ofNothing, int count) : ReductionStep
    where T : unmanaged
    where TOp : struct, IBinaryOp<T>
{
    internal override void Start(ref BlockFrame frame) => Partials(ref frame).Fill(identity);

    internal override bool Run(ref BlockFrame frame)
    {
        Span<T> joined = Partials(ref frame);
        var elements = new ReadOnlySpan<T>(frame.Blocks + element.Offset, frame.Count);
        for (int start = 0; start < elements.Length; start += count)
        {
            ReadOnlySpan<T> some = elements[start..Math.Min(start + count, elements.Length)];
            Elementwise.Zip<T, TOp>(joined[..some.Length], some, joined[..some.Length]);
        }

        return true;
    }

    internal override void Finish(ref BlockFrame frame, bool empty)
    {
        Span<T> joined = Partials(ref frame);
        for (int half = count / 2; half > 0; half /= 2)
        {
            Elementwise.Zip<T, TOp>(joined[..half], joined.Slice(half, half), joined[..half]);
        }

        *(T*)(frame.Numbers + result.Offset) = empty ? ofNothing : joined[0];
    }

    private Span<T> Partials(ref BlockFrame frame) => new(frame.Blocks + partials.Offset, count);
}
