using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>How the rule of a primitive that holds bodies reaches the transforms of a body; no rule names a transform.</summary>
public abstract class RuleContext
{
    /// <summary>The body carrying tangents along: (x, dx of active) → (y, dy of those in the mask).</summary>
    /// <param name="body">x → y.</param>
    /// <param name="active">The parameters with tangents.</param>
    /// <param name="required">Results whose tangent must be there even when it is identically zero.</param>
    public abstract JvpBody Jvp(Graph body, ParameterMask active, ParameterMask required);

    /// <summary>The body split in two: a primal part that also gives residuals, and a linear part that reads them.</summary>
    /// <param name="body">x → y.</param>
    /// <param name="active">The parameters with tangents.</param>
    /// <param name="required">Results whose tangent must be there even when it is identically zero.</param>
    public abstract LinearizedBody Linearize(Graph body, ParameterMask active, ParameterMask required);

    /// <summary>The adjoint of a body that is linear in some parameters.</summary>
    /// <param name="body">(r, dx) → dy, in the order of its parameters.</param>
    /// <param name="linear">The parameters dx that it is linear in.</param>
    /// <param name="given">The results whose cotangents are given; the others are zero.</param>
    /// <param name="accumulated">Those of <paramref name="linear"/>, in their order, whose gathering starts from a value that is given.</param>
    /// <returns>(r, given ȳ, initial x̄ of accumulated) → x̄ of all of <paramref name="linear"/>, zeros included.</returns>
    public abstract TransposedBody Transpose(Graph body, ParameterMask linear, ParameterMask given, ParameterMask accumulated);

    /// <summary>The body for a whole batch; the batch axis is 0 for parameters and results.</summary>
    /// <param name="body">x → y.</param>
    /// <param name="batched">The parameters with a batch axis.</param>
    /// <param name="required">Results that must have one.</param>
    /// <param name="size">The number of lanes.</param>
    public abstract BatchedBody Batch(Graph body, ParameterMask batched, ParameterMask required, Extent size);

    /// <summary>The results that have tangents and depend on some parameters.</summary>
    public abstract ParameterMask Reached(Graph body, ParameterMask sources);
}

/// <summary>What <see cref="RuleContext.Jvp"/> gives.</summary>
/// <param name="Graph">(x, dx of active) → (y, dy of those in <paramref name="Tangents"/>).</param>
/// <param name="Tangents">The results whose tangents are given; the others are identically zero.</param>
public sealed record JvpBody(Graph Graph, ParameterMask Tangents);

/// <summary>What <see cref="RuleContext.Linearize"/> gives.</summary>
/// <param name="Primal">x → (y, residuals).</param>
/// <param name="Linear">(the parameters in <paramref name="Forwarded"/>, residuals, dx of active) → dy of those in <paramref name="Tangents"/>.</param>
/// <param name="Forwarded">The parameters of the body that the linear part reads as they are, so that no residual is kept for them.</param>
/// <param name="Residuals">The types of the residuals.</param>
/// <param name="Tangents">The results whose tangents are given; the others are identically zero.</param>
public sealed record LinearizedBody(
    Graph Primal, Graph Linear, ParameterMask Forwarded, ImmutableArray<ValueType> Residuals, ParameterMask Tangents);

/// <summary>What <see cref="RuleContext.Transpose"/> gives.</summary>
/// <param name="Graph">(r, given ȳ, initial x̄ of accumulated) → x̄ of all linear parameters.</param>
/// <param name="NonZero">Those of the linear parameters whose cotangent is not identically zero.</param>
public sealed record TransposedBody(Graph Graph, ParameterMask NonZero);

/// <summary>What <see cref="RuleContext.Batch"/> gives.</summary>
/// <param name="Graph">The body for a whole batch.</param>
/// <param name="Batched">The results that have a batch axis.</param>
public sealed record BatchedBody(Graph Graph, ParameterMask Batched);
