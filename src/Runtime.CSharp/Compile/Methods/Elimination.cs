using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Methods;

/// <summary>Elimination with the largest pivots, written out: rows change places by choices among numbers.</summary>
internal sealed class Elimination(LoopBuilder builder, LoopValue[,] values, LoopValue zero)
{
    private readonly int rows = values.GetLength(0);
    private readonly int columns = values.GetLength(1);

    /// <summary>L and U so far.</summary>
    internal LoopValue[,] Values => values;

    /// <summary>Which row of the matrix lies in each row.</summary>
    internal LoopValue[] Order { get; } = [.. Enumerable.Range(0, values.GetLength(0)).Select(i => builder.Index(i))];

    /// <summary>Whether all elements are finite: then each less itself is 0.</summary>
    internal LoopValue IsFinite()
    {
        LoopValue finite = builder.Constant(Scalar.Of(true));
        foreach (LoopValue value in values)
        {
            finite = builder.And(finite, builder.Equal(value - value, zero));
        }

        return finite;
    }

    /// <summary>Brings the largest element of a column up, and takes its row from those below. Gives the row it came from.</summary>
    internal LoopValue Step(int column)
    {
        LoopValue pivot = builder.Index(column), best = builder.Absolute(values[column, column]);
        for (int i = column + 1; i < rows; i++)
        {
            LoopValue size = builder.Absolute(values[i, column]), isLarger = builder.Less(best, size);
            best = builder.Select(isLarger, size, best);
            pivot = builder.Select(isLarger, builder.Index(i), pivot);
        }

        for (int i = column + 1; i < rows; i++)
        {
            Exchange(column, i, builder.Equal(pivot, builder.Index(i)));
        }

        LoopValue isZero = builder.Equal(values[column, column], zero);
        for (int i = column + 1; i < rows; i++)
        {
            LoopValue factor = builder.Select(isZero, values[i, column], values[i, column] / values[column, column]);
            values[i, column] = factor;
            for (int j = column + 1; j < columns; j++)
            {
                values[i, j] -= factor * values[column, j];
            }
        }

        return pivot;
    }

    private void Exchange(int first, int second, LoopValue exchanged)
    {
        for (int j = 0; j < columns; j++)
        {
            (values[first, j], values[second, j]) = Turned(values[first, j], values[second, j], exchanged);
        }

        (Order[first], Order[second]) = Turned(Order[first], Order[second], exchanged);
    }

    private (LoopValue First, LoopValue Second) Turned(LoopValue x, LoopValue y, LoopValue exchanged) =>
        (builder.Select(exchanged, y, x), builder.Select(exchanged, x, y));
}
