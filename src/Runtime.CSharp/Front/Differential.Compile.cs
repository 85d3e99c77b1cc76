using Adjoint.Execute;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Functions that are traced once, and bodies that forget.</content>
public static partial class Differential
{
    /// <summary>
    /// The same function, traced once per argument types and kept ready to run; it may be called from any number of threads.
    /// </summary>
    public static Func<Expr, Expr> Compile(Func<Expr, Expr> f)
    {
        var compiled = new Compiled(Leaves.Of(f), null);
        return x => compiled.Call(x)[0];
    }

    /// <summary>The same function, traced once per argument types and kept ready to run.</summary>
    public static Compiled Compile(Func<Expr[], Expr[]> f, IReadOnlyList<string>? paths = null) => new(f, paths);

    /// <summary>The same function, traced once per argument types and kept ready to run as the options say: within so many bytes, say.</summary>
    public static Compiled Compile(Func<Expr[], Expr[]> f, CompileOptions options, IReadOnlyList<string>? paths = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(f, paths, options);
    }

    /// <summary>The same function, whose intermediate values are computed again for the derivative instead of being kept.</summary>
    public static Func<Expr, Expr> Checkpoint(Func<Expr, Expr> f) => x => Checkpoint(Leaves.Of(f))([x])[0];

    /// <summary>The same function, whose intermediate values are computed again for the derivative instead of being kept.</summary>
    public static Func<Expr[], Expr[]> Checkpoint(Func<Expr[], Expr[]> f) => x =>
    {
        Traced traced = Traced.Over("checkpoint", x, f);
        return Building.Apply(new Checkpoint(traced.Close()), [.. x, .. traced.Captured]);
    };

    /// <summary>The operand, through which no derivative flows: it counts as a constant.</summary>
    public static Expr StopGradient(Expr x) => x.StopGradient();

    /// <summary>A graph as one node in the innermost frame.</summary>
    internal static Expr[] CallOf(Graph graph, Expr[] operands) => Building.Apply(new Call(graph), operands);
}
