using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Transforms;

/// <summary>The transforms of bodies as rules reach them. Each is done once for a body and mask, so that nested loops stay cheap.</summary>
internal sealed class Rules : RuleContext
{
    private readonly Dictionary<Key, object> done = [];

    /// <inheritdoc/>
    public override JvpBody Jvp(Graph body, ParameterMask active, ParameterMask required) =>
        Once(new(nameof(Jvp), body, active, required, null, default), () => Forward.Apply(body, active, required, this));

    /// <inheritdoc/>
    public override LinearizedBody Linearize(Graph body, ParameterMask active, ParameterMask required) =>
        Once(new(nameof(Linearize), body, active, required, null, default), () => Linearization.Apply(body, active, required, this));

    /// <inheritdoc/>
    public override TransposedBody Transpose(Graph body, ParameterMask linear, ParameterMask given, ParameterMask accumulated) =>
        Once(
            new(nameof(Transpose), body, linear, given, accumulated, default),
            () => Transposition.Apply(body, linear, given, accumulated, this));

    /// <inheritdoc/>
    public override BatchedBody Batch(Graph body, ParameterMask batched, ParameterMask required, Extent size) =>
        Once(new(nameof(Batch), body, batched, required, null, size), () => Batching.Apply(body, batched, required, size, this));

    /// <inheritdoc/>
    public override ParameterMask Reached(Graph body, ParameterMask sources)
    {
        var dependence = new Dependence(body.Results, sources.Choose(body.Parameters));
        return new(body.Results.Select(result => dependence.Reaches(result) && result.Type.HasTangent));
    }

    private T Once<T>(Key key, Func<T> compute)
        where T : class
    {
        if (!done.TryGetValue(key, out object? known))
        {
            known = compute();
            done.Add(key, known);
        }

        return (T)known;
    }

    private readonly record struct Key(
        string Transform, Graph Body, ParameterMask Mask, ParameterMask Required, ParameterMask? Accumulated, Extent Size);
}
