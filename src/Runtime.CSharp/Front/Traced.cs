using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>A body traced to its end: parameters, results, and the expressions of outer frames that it uses.</summary>
internal sealed class Traced
{
    private readonly Frame home;

    private Traced(Frame frame, ImmutableArray<Value> parameters, ImmutableArray<Value> results)
    {
        home = frame;
        Parameters = parameters;
        Results = results;
    }

    /// <summary>The body's own parameters.</summary>
    internal ImmutableArray<Value> Parameters { get; }

    /// <summary>What the body gave.</summary>
    internal ImmutableArray<Value> Results { get; }

    /// <summary>The types of the results.</summary>
    internal ImmutableArray<ValueType> ResultTypes => [.. Results.Select(result => result.Type)];

    /// <summary>The expressions of outer frames that the body uses, in the order of their first use.</summary>
    internal IReadOnlyList<Expr> Captured => home.Captured;

    /// <summary>Traces a body whose parameters stand for arguments, so that they can be looked at where the arguments can.</summary>
    internal static Traced Over(string name, IReadOnlyList<Expr> arguments, Func<Expr[], Expr[]> body, IReadOnlyList<string>? paths = null)
    {
        Frame frame = Frame.Open(name, FrameKind.Transparent);
        ImmutableArray<Value> parameters = ParametersOf([.. arguments.Select(argument => argument.Handle.Type)], paths);
        for (int i = 0; i < parameters.Length; i++)
        {
            frame.Bind(parameters[i], arguments[i]);
        }

        return Run(frame, parameters, body);
    }

    /// <summary>Traces a body whose parameters have types and no values.</summary>
    internal static Traced Of(
        string name, IReadOnlyList<ValueType> types, Func<Expr[], Expr[]> body, IReadOnlyList<string>? paths = null, int lanes = 0) =>
        Run(Frame.Open(name, FrameKind.Opaque, lanes), ParametersOf(types, paths), body);

    /// <summary>What all these bodies use of outer frames, each once.</summary>
    internal static Expr[] Union(params Traced[] bodies) => [.. bodies.SelectMany(body => body.Captured).Distinct()];

    /// <summary>(parameters, captures) → results.</summary>
    internal Graph Close() => Close(Captured);

    /// <summary>(parameters, captures) → results, with more captures than the body itself uses.</summary>
    internal Graph Close(IEnumerable<Expr> captured) => new([.. Parameters, .. captured.Select(home.CaptureOf)], Results);

    /// <summary>(first parameters, captures, other parameters) → results.</summary>
    internal Graph Close(int first, IEnumerable<Expr> captured) =>
        new([.. Parameters.Take(first), .. captured.Select(home.CaptureOf), .. Parameters.Skip(first)], Results);

    private static ImmutableArray<Value> ParametersOf(IReadOnlyList<ValueType> types, IReadOnlyList<string>? paths) =>
        [.. types.Select((type, i) => Value.Parameter(type, paths?[i]))];

    private static Traced Run(Frame frame, ImmutableArray<Value> parameters, Func<Expr[], Expr[]> body) =>
        FrameStack.Within(frame, () =>
        {
            Expr[] results = body([.. parameters.Select(parameter => new Expr(parameter, frame))])
                ?? throw new TraceException($"{frame.Name}: the function gave null instead of its results.").Here();
            return new Traced(frame, parameters, [.. results.Select((result, i) => frame.Lift(
                result ?? throw new TraceException($"{frame.Name}: result {i} of the function is null.").Here()))]);
        });
}
