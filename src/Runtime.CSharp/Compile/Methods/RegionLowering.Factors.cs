using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>Small matrices factored and solved, written out: elements are numbers of the program, and lanes run along a batch.</summary>
internal sealed partial class RegionLowering
{
    /// <summary>The largest order of a matrix that is written out.</summary>
    internal const int LargestFactor = 8;

    /// <summary>The fewest matrices that are worth lanes.</summary>
    private const int FewestMatrices = 8;

    /// <summary>Whether a factorization or a triangular system is small enough, of a dtype that is computed as it is stored.</summary>
    internal static bool TakesFactor(Node node)
    {
        TensorType a = node.Operands[0].Tensor;
        return a.DType is DType.F32 or DType.F64 && a.Shape[^2].Value <= LargestFactor && a.Shape[^1].Value <= LargestFactor;
    }

    private TensorLocal Root(Frame frame, Node node)
    {
        TensorLocal a = frame.Tensor(node.Operands[0]);
        Stored l = Fresh(frame, node.Result);
        int n = a.Extents[^1];
        EachMatrix(a.Extents, at =>
        {
            LoopValue[,] values = Elements(a, at);
            LoopValue isDefinite = builder.Constant(Scalar.Of(true)), zero = Number(a, 0), nan = Number(a, double.NaN);
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    LoopValue sum = values[i, j];
                    for (int k = 0; k < j; k++)
                    {
                        sum -= values[i, k] * values[j, k];
                    }

                    values[i, j] = i == j ? builder.Select(builder.Less(zero, sum), builder.SquareRoot(sum), nan) : sum / values[j, j];
                }

                isDefinite = builder.And(isDefinite, builder.Less(values[i, i], Number(a, double.PositiveInfinity)));
            }

            Fill(l, at, (i, j) => j > i ? zero : builder.Select(isDefinite, values[i, j], nan));
        });
        return Settled(l);
    }

    private TensorLocal Substituted(Frame frame, Node node, TriangularSolve solve)
    {
        TensorLocal a = frame.Tensor(node.Operands[0]), b = frame.Tensor(node.Operands[1]);
        Stored x = Fresh(frame, node.Result);
        int n = a.Extents[^1], others = b.Extents[solve.Left ? ^1 : ^2];
        bool columns = solve.Transposed == solve.Left, forwards = solve.LowerTriangle != columns;
        EachMatrix(a.Extents, at =>
        {
            LoopValue[,] matrix = Elements(a, at);
            EachOther(others, other =>
            {
                var known = new LoopValue[n];
                for (int step = 0; step < n; step++)
                {
                    int i = forwards ? step : n - 1 - step;
                    LoopValue rest = b.At(builder, Place(i, other));
                    for (int j = forwards ? 0 : i + 1; j < (forwards ? i : n); j++)
                    {
                        rest -= (columns ? matrix[j, i] : matrix[i, j]) * known[j];
                    }

                    known[i] = solve.UnitDiagonal ? rest : rest / matrix[i, i];
                    Store(x, Place(i, other), known[i]);
                }
            });

            ImmutableArray<LoopValue> Place(int i, LoopValue other) => solve.Left ? at.Add(builder.Index(i)).Add(other) : at.Add(other).Add(builder.Index(i));
        });
        return Settled(x);
    }

    private ImmutableArray<Local> Eliminated(Frame frame, Node node)
    {
        TensorLocal a = frame.Tensor(node.Operands[0]);
        ImmutableArray<Stored> results = [.. node.Results.Select(result => Fresh(frame, result))];
        int m = a.Extents[^2], pivots = results[1].Extents[^1];
        EachMatrix(a.Extents, at =>
        {
            var lines = new Elimination(builder, Elements(a, at), Number(a, 0));
            LoopValue isFinite = lines.IsFinite();
            for (int j = 0; j < pivots; j++)
            {
                LoopValue pivot = builder.Select(isFinite, lines.Step(j), builder.Index(j));
                Store(results[1], at.Add(builder.Index(j)), builder.Convert(pivot, DType.I32));
            }

            for (int i = 0; i < m; i++)
            {
                Store(results[2], at.Add(builder.Index(i)), builder.Convert(builder.Select(isFinite, lines.Order[i], builder.Index(i)), DType.I32));
            }

            Fill(results[0], at, (i, j) => builder.Select(isFinite, lines.Values[i, j], Number(a, double.NaN)));
        });
        return [.. results.Select(Settled)];
    }

    /// <summary>Does something for each matrix of a batch, given the index before its own: in lanes along the last axis before, where that is long.</summary>
    private void EachMatrix(int[] extents, Action<ImmutableArray<LoopValue>> body)
    {
        int[] leading = extents[..^2];
        if (leading.Length == 0 || leading[^1] < FewestMatrices || builder.IsInLanes)
        {
            Copying.InTurn(builder, leading, body);
        }
        else
        {
            Copying.InTurn(builder, leading[..^1], outer => builder.Lanes(builder.Index(leading[^1]), lane => body(outer.Add(lane))));
        }
    }

    /// <summary>Does something for each right-hand side: written out where few, otherwise in lanes where possible.</summary>
    private void EachOther(int count, Action<LoopValue> body)
    {
        if (count <= FewestMatrices / 2)
        {
            for (int i = 0; i < count; i++)
            {
                body(builder.Index(i));
            }
        }
        else if (builder.IsInLanes)
        {
            Copying.InTurn(builder, [count], index => body(index[0]));
        }
        else
        {
            builder.Lanes(builder.Index(count), body);
        }
    }

    private LoopValue[,] Elements(TensorLocal a, ImmutableArray<LoopValue> at)
    {
        var values = new LoopValue[a.Extents[^2], a.Extents[^1]];
        Each(a, (i, j) => values[i, j] = a.At(builder, at.Add(builder.Index(i)).Add(builder.Index(j))));
        return values;
    }

    private void Fill(Stored into, ImmutableArray<LoopValue> at, Func<int, int, LoopValue> element) =>
        Each(into, (i, j) => Store(into, at.Add(builder.Index(i)).Add(builder.Index(j)), element(i, j)));

    private static void Each(TensorLocal matrix, Action<int, int> body)
    {
        for (int i = 0; i < matrix.Extents[^2]; i++)
        {
            for (int j = 0; j < matrix.Extents[^1]; j++)
            {
                body(i, j);
            }
        }
    }

    private LoopValue Number(TensorLocal like, double number) => builder.Constant(like.Type.DType, number);
}
