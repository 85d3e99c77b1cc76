using Adjoint.Core;
using Figures.Report;
using Adjoint.Front;

namespace Figures.Rows;

/// <summary>A dtype and size of matrices, for which rows are made.</summary>
internal sealed record MatrixShape(DType Type, int Rows, int Columns)
{
    /// <summary>What is to be reached.</summary>
    public IReadOnlyList<Goal> Goals { get; init; } = Kernel.Fused;

    /// <summary>How the size stands in names.</summary>
    public override string ToString() => $"{Type.Name()}[{Rows}, {Columns}]";

    /// <summary>A row whose counterpart takes rows as pieces of work.</summary>
    public (string Name, Func<Kernel> Make) Row(string name, string entry, Func<Expr[], Expr[]> function, params int[][] inputs) =>
        Row(name, entry, Rows, function, inputs);

    /// <summary>A row whose counterpart has so many pieces of work.</summary>
    public (string Name, Func<Kernel> Make) Row(string name, string entry, long work, Func<Expr[], Expr[]> function, params int[][] inputs) => (
        $"{name} {this}",
        () => new()
        {
            Name = $"{name} {this}",
            Source = "rows",
            Entry = $"{entry}_{Type.Name()}",
            Function = function,
            Inputs = [.. inputs.Select((extents, i) => Data.Uniform(Type, Shape.Of(extents), -2, 3, i + 1))],
            Sizes = [Rows, Columns],
            Work = work,
            Goals = Goals,
            Unread = entry == "second_rows" ? (long)Rows * Columns * Type.Size() : 0,
            Tolerance = Type.Epsilon() * (64 + (Rows * Columns / 1024)), // As for chains; rows and columns are shorter than the whole.
        });
}
