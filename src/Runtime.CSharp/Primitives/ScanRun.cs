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
        NDArray[] ys = NewResults();
        for (int step = 0; step < scan.Length; step++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            int k = scan.Reverse ? scan.Length - 1 - step : step;
            for (int i = 0; i < xs.Length; i++)
            {
                state.Set(firstX + i, Held.New(Row(i, k)));
            }

            Held[] results = context.Run(scan.Step.Graph, state.Give());
            state.Advance(results);
            for (int i = 0; i < ys.Length; i++)
            {
                NDArray slice = results[scan.Carries + i].Array;
                Array.Copy(slice.Storage, slice.Start, ys[i].Storage, ys[i].Start + (k * slice.Size), slice.Size);
                context.CountElements(slice.Size);
                context.Return(results[scan.Carries + i]);
            }
        }

        return [.. state.Carry, .. ys.Select(Held.New)];
    }

    private NDArray[] NewResults()
    {
        var ys = new NDArray[scan.Step.Graph.Results.Length - scan.Carries];
        for (int i = 0; i < ys.Length; i++)
        {
            TensorType type = scan.Step.Graph.Results[scan.Carries + i].Tensor;
            ys[i] = context.NewArray(type.DType, type.Shape.Insert(0, scan.Length));
        }

        return ys;
    }

    /// <summary>Row k of xs[i].</summary>
    private NDArray Row(int i, int k)
    {
        NDArray row = context.NewArray(xs[i].Array.Type, scan.Step.Graph.Parameters[firstX + i].Tensor.Shape);
        Array.Copy(xs[i].Array.Storage, xs[i].Array.Start + (k * row.Size), row.Storage, row.Start, row.Size);
        context.CountElements(row.Size);
        return row;
    }
}
