using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>One evaluation of a <see cref="Scan"/>: slices are copied out of xs and into ys; the carry is given away to each step.</summary>
internal readonly ref struct ScanRun
{
    private readonly Scan scan;
    private readonly EvaluationContext context;
    private readonly ReadOnlySpan<Held> xs;
    private readonly LoopState state;
    private readonly int firstX;

    internal ScanRun(Scan scan, ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        this.scan = scan;
        this.context = context;
        firstX = scan.Constants + scan.Carries;
        xs = operands[firstX..];
        state = new(operands[..firstX], scan.Constants, scan.Carries, after: xs.Length);
    }

    internal Held[] Run()
    {
        NDArray[] ys = NewResults(scan);
        for (int step = 0; step < scan.Length; step++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            int k = scan.Reverse ? scan.Length - 1 - step : step;
            for (int i = 0; i < xs.Length; i++)
            {
                state.Set(firstX + i, Held.New(Row(xs[i].Array, k)));
            }

            Held[] results = context.Run(scan.Step.Graph, state.Give());
            state.Advance(results);
            for (int i = 0; i < ys.Length; i++)
            {
                NDArray slice = results[scan.Carries + i].Array;
                Array.Copy(slice.Storage, 0, ys[i].Storage, k * slice.Size, slice.Size);
                context.CountElements(slice.Size);
            }
        }

        return [.. state.Carry, .. ys.Select(Held.New)];
    }

    private static NDArray[] NewResults(Scan scan) =>
    [
        .. scan.Step.Graph.ResultTypes.Skip(scan.Carries).Cast<TensorType>()
            .Select(type => NDArray.New(type.DType, type.Shape.Insert(0, scan.Length))),
    ];

    private NDArray Row(NDArray x, int k)
    {
        NDArray row = NDArray.New(x.Type, x.Shape.Remove(0));
        Array.Copy(x.Storage, k * row.Size, row.Storage, 0, row.Size);
        context.CountElements(row.Size);
        return row;
    }
}
