using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>Errors that say where in the user's model they happened.</summary>
internal static class Located
{
    /// <summary>The same error, said to happen on the user's line that is running now.</summary>
    internal static AdjointException Here(this AdjointException error) => error.At(SourceLine.OfUser() with { Scope = FrameStack.Scope });

    /// <summary>The same error with the user's scope and line at the end of its message.</summary>
    internal static AdjointException At(this AdjointException error, Origin origin)
    {
        string where = origin.ToString();
        if (where.Length == 0 || error.Message.Contains(where, StringComparison.Ordinal))
        {
            return error;
        }

        string message = $"{error.Message} In {where}.";
        return error switch
        {
            ShapeException => new ShapeException(message),
            DTypeException => new DTypeException(message),
            TypeRuleException => new TypeRuleException(message),
            DomainException => new DomainException(message),
            DerivativeException => new DerivativeException(message),
            StructureException => new StructureException(message),
            TraceException => new TraceException(message),
            _ => new AdjointException(message, error),
        };
    }
}
