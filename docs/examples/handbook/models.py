from django.db import models


class Comment(models.Model):
    text = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.text


class Voucher(models.Model):
    code = models.CharField(max_length=20, unique=True)
    redeemed_by = models.CharField(max_length=150, blank=True)

    def __str__(self):
        return self.code
