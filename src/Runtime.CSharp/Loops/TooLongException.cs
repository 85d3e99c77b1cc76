namespace Adjoint.Loops;

/// <summary>
/// What is lowered would become a longer program, or one built by deeper calls, than it is worth, or needs in the middle what is known at the end:
/// it runs in parts instead.
/// </summary>
internal sealed class TooLongException(string message = "The program is too long.") : Exception(message);
