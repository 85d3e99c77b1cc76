namespace Adjoint.Core;

/// <summary>What goes wrong in a user's hands: says what was wrong, where, and what would be right.</summary>
public class AdjointException : Exception
{
    private string? located;

    /// <summary>An error with its message.</summary>
    public AdjointException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its message and cause.</summary>
    public AdjointException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>What was wrong, where, and what would be right.</summary>
    public override string Message => located ?? base.Message;

    /// <summary>Says, once, in which operation and where in the model it happened: who knows best comes first.</summary>
    internal void Locate(string operation, string where)
    {
        if (located is null)
        {
            string named = base.Message.StartsWith(operation, StringComparison.Ordinal) ? base.Message : $"{operation}: {base.Message}";
            located = where.Length == 0 ? named : $"{named} In {where}.";
        }
    }
}

/// <summary>A rank, extent, axis or slice does not fit.</summary>
public class ShapeException(string message) : AdjointException(message);

/// <summary>A dtype does not fit; dtypes never change by themselves.</summary>
public class DTypeException(string message) : AdjointException(message);

/// <summary>A typing rule of a primitive is broken by the operands it is given.</summary>
public class TypeRuleException(string message) : AdjointException(message);

/// <summary>A value lies outside an operation's domain, or a user's check failed while running.</summary>
public class DomainException(string message) : AdjointException(message);

/// <summary>A value is used where it cannot be: after its frame closed, or observed while it has no value.</summary>
public class TraceException(string message) : AdjointException(message);

/// <summary>A derivative cannot be taken as asked: a custom rule is not linear, an argument has no tangent.</summary>
public class DerivativeException(string message) : AdjointException(message);

/// <summary>Structures of arguments, results or states do not match.</summary>
public class StructureException(string message) : AdjointException(message);

/// <summary>A text or file is not of its format.</summary>
public class FormatException(string message) : AdjointException(message);

/// <summary>A native kernel failed, or a file that says which of them to use can't be read.</summary>
public class NativeException(string message) : AdjointException(message);

/// <summary>A function cannot be compiled to run in as little memory as was asked for.</summary>
/// <param name="message">What was asked for, the least that was found, and where memory goes.</param>
/// <param name="leastBytes">The least number of bytes that was found.</param>
public sealed class MemoryBudgetException(string message, long leastBytes) : AdjointException(message)
{
    /// <summary>The least number of bytes for which a way was found to run.</summary>
    public long LeastBytes { get; } = leastBytes;
}
